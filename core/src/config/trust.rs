//! Which certificates connections are checked against. Highest first: `ca_file`,
//! which adds; with `trust_env` `SSL_CERT_FILE` and `SSL_CERT_DIR`, which replace
//! the platform's, else the first set variable of the language that replaces them.
//! Variables of the language that add do so in any case.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls_native_certs::load_certs_from_paths;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::env::Environment;
use crate::error::Error;

type Certificates = Vec<CertificateDer<'static>>;

/// A variable of the environment that programs of a language name certificates
/// with: a PEM file, or a folder of them. For bindings.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum RootsVariable {
    /// These instead of the platform's. What can't be read is a configuration error.
    Replaces(&'static str),
    /// These, too. What can't be read is passed over.
    Adds(&'static str),
}

/// The certificates that a client trusts.
#[derive(Clone, Default)]
pub(crate) struct Roots {
    /// Instead of the platform's; empty on a machine that names some and has none.
    pub(crate) replaced: Option<Certificates>,
    /// In addition.
    pub(crate) added: Certificates,
}

impl Roots {
    /// `variables`: the language's, unless the environment does not count at all.
    /// `encrypted`: whether anything will be checked; if not, the environment does not matter.
    pub(crate) fn new(
        ca_file: Option<&Path>,
        variables: Option<&[RootsVariable]>,
        environment: &Environment,
        encrypted: bool,
    ) -> Result<Self, Error> {
        let mut roots = Self { replaced: None, added: ca_file.map(read).transpose()?.unwrap_or_default() };
        if !encrypted {
            return Ok(roots);
        }
        let named = Named::by_environment(environment);
        match variables {
            Some(_) if named.any() => roots.replaced = Some(named.load()?),
            Some(variables) => roots.replaced = replaced_by(variables, environment)?,
            None => {}
        }
        if roots.replaced.is_none() && named.seen_by_platform {
            roots.replaced = platform_files();
        }
        for variable in variables.unwrap_or_default() {
            if let RootsVariable::Adds(name) = variable
                && let Some(path) = path(name, environment)
            {
                roots.added.extend(load(&path).into_iter().filter(is_usable));
            }
        }
        Ok(roots)
    }
}

const FILE_VARIABLE: &str = "SSL_CERT_FILE";
const FOLDER_VARIABLE: &str = "SSL_CERT_DIR";

/// The files and folders of `SSL_CERT_FILE` and `SSL_CERT_DIR`.
struct Named {
    file: Option<PathBuf>,
    folders: Vec<PathBuf>,
    /// Whether the platform's verifier, which reads these variables of the process itself
    /// on some systems, would see any: also an empty one, which counts as not set here.
    seen_by_platform: bool,
}

impl Named {
    fn by_environment(environment: &Environment) -> Self {
        let variables = [FILE_VARIABLE, FOLDER_VARIABLE];
        let [file, folders] = variables.map(|name| environment.os_variable(name));
        let seen_by_platform = variables.iter().any(|name| env::var_os(name).is_some());
        let folders = folders.unwrap_or_default();
        let folders = env::split_paths(&folders).filter(|folder| !folder.as_os_str().is_empty()).collect();
        Self { file: file.and_then(nonempty), folders, seen_by_platform }
    }

    fn any(&self) -> bool {
        self.file.is_some() || !self.folders.is_empty()
    }

    /// Other certificates in place of those that can't be read would be another trust.
    fn load(&self) -> Result<Certificates, Error> {
        let mut found = Certificates::new();
        if let Some(file) = &self.file {
            found = load(file);
            if found.is_empty() {
                return Err(unreadable_variable(FILE_VARIABLE));
            }
        }
        // A folder that is not there is common in lists of them.
        found.extend(self.folders.iter().flat_map(|folder| load(folder)));
        if found.is_empty() { Err(unreadable_variable(FOLDER_VARIABLE)) } else { Ok(found) }
    }
}

/// What the first of the language's variables that is set replaces the platform's roots with.
fn replaced_by(
    variables: &[RootsVariable],
    environment: &Environment,
) -> Result<Option<Certificates>, Error> {
    for variable in variables {
        if let RootsVariable::Replaces(name) = *variable
            && let Some(path) = path(name, environment)
        {
            let found = load(&path);
            return if found.is_empty() { Err(unreadable_variable(name)) } else { Ok(Some(found)) };
        }
    }
    Ok(None)
}

fn unreadable_variable(name: &str) -> Error {
    Error::config(name, "names no file or folder with a PEM certificate that can be read")
}

fn path(variable: &str, environment: &Environment) -> Option<PathBuf> {
    environment.os_variable(variable).and_then(nonempty)
}

fn nonempty(value: OsString) -> Option<PathBuf> {
    (!value.is_empty()).then(|| value.into())
}

/// All certificates that can be read of a file or a folder.
fn load(path: &Path) -> Certificates {
    let (file, folder) = if path.is_dir() { (None, Some(path)) } else { (Some(path), None) };
    load_certs_from_paths(file, folder).certs
}

fn is_usable(certificate: &CertificateDer<'static>) -> bool {
    RootCertStore::empty().add(certificate.clone()).is_ok()
}

/// The platform's own certificates where its verifier would take those of the environment:
/// all of its folders, since the search for its file looks at the environment, too.
#[cfg(not(any(target_vendor = "apple", windows)))]
fn platform_files() -> Option<Certificates> {
    Some(openssl_probe::candidate_cert_dirs().flat_map(load).collect())
}

/// The verifiers of these systems don't look at the environment.
#[cfg(any(target_vendor = "apple", windows))]
fn platform_files() -> Option<Certificates> {
    None
}

/// The certificates of `ca_file`, each of which must be one.
fn read(path: &Path) -> Result<Certificates, Error> {
    let unreadable = |why: String| Error::config("ca_file", format!("can't be read: {why}"));
    let pem = std::fs::read(path).map_err(|error| unreadable(error.to_string()))?;
    let roots: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match roots {
        Ok(roots) if roots.is_empty() => Err(unreadable("it holds no PEM certificate".to_owned())),
        Ok(roots) => Ok(roots),
        Err(error) => Err(unreadable(error.to_string())),
    }
}
