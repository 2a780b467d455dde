//! The certificate that the client itself shows, where the service wants one.

use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

use crate::error::Error;

/// A certificate with those that it was issued by, and its private key.
#[derive(Clone)]
pub(crate) struct ClientCertificate {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: Arc<PrivateKeyDer<'static>>,
}

impl ClientCertificate {
    /// Reads the files of `client_cert_file` and `client_key_file`. The key may lie with
    /// the certificate.
    pub(super) fn read(certificate: Option<&Path>, key: Option<&Path>) -> Result<Option<Self>, Error> {
        let Some(certificate) = certificate else {
            return match key {
                Some(_) => Err(Error::config("client_cert_file", "must be set, since client_key_file is")),
                None => Ok(None),
            };
        };
        let pem = contents("client_cert_file", certificate)?;
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
        let chain =
            chain.map_err(|_| Error::config("client_cert_file", "can't be read: it is no valid PEM"))?;
        if chain.is_empty() {
            return Err(Error::config("client_cert_file", "can't be read: it holds no PEM certificate"));
        }
        let key = match key {
            Some(key) => private_key(&contents("client_key_file", key)?),
            None => private_key(&pem),
        };
        let key = key.ok_or_else(|| {
            Error::config("client_key_file", "holds no private key as PEM, or one with a password")
        })?;
        Ok(Some(Self { chain, key: Arc::new(key) }))
    }
}

fn private_key(pem: &[u8]) -> Option<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem).ok()
}

fn contents(field: &str, path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|error| Error::config(field, format!("can't be read: {error}")))
}
