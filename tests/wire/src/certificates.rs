//! Certificates made for one test.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::{RootCertStore, ServerConfig};

/// A certificate authority that nobody trusts by itself.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// What a server's certificate says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leaf {
    /// It is for localhost, 127.0.0.1 and messaging.test, and valid.
    Good,
    /// It was valid once.
    Expired,
    /// It will be valid one day.
    NotYetValid,
    /// It is for another host.
    OtherHost,
    /// It is an authority's.
    Authority,
}

fn new_file(pem: &str) -> Result<PathBuf, Failure> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let name = format!("pm-wire-{}-{}.pem", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, pem)?;
    Ok(path)
}

type Failure = Box<dyn std::error::Error>;

impl Authority {
    /// A new authority.
    ///
    /// # Errors
    /// When the machine has no randomness.
    pub fn new() -> Result<Self, Failure> {
        let mut params = CertificateParams::new(Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        Ok(Self { issuer })
    }

    /// Writes the authority's certificate to a new file, as PEM.
    ///
    /// # Errors
    /// When the file can't be written.
    pub fn file(&self) -> Result<PathBuf, Failure> {
        new_file(&self.issuer.pem())
    }

    /// Writes a client's certificate and its private key to new files, as PEM.
    ///
    /// # Errors
    /// When they can't be made or written.
    pub fn client(&self) -> Result<(PathBuf, PathBuf), Failure> {
        let key = KeyPair::generate()?;
        let certificate =
            CertificateParams::new(vec!["client.test".to_owned()])?.signed_by(&key, &self.issuer)?;
        Ok((new_file(&certificate.pem())?, new_file(&key.serialize_pem())?))
    }

    /// The TLS side of a server that lets in only who shows a certificate of this authority.
    ///
    /// # Errors
    /// When the certificate can't be made.
    pub fn mutual_server(
        &self,
        protocols: &[&str],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<Arc<ServerConfig>, Failure> {
        let mut roots = RootCertStore::empty();
        roots.add(self.issuer.der().clone())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build()?;
        self.configured(Leaf::Good, protocols, versions, clients)
    }

    /// The TLS side of a server with such a certificate, offering `protocols` by ALPN.
    ///
    /// # Errors
    /// When the certificate can't be made.
    pub fn server(&self, leaf: Leaf, protocols: &[&str]) -> Result<Arc<ServerConfig>, Failure> {
        self.server_with(leaf, protocols, rustls::ALL_VERSIONS)
    }

    /// The same for chosen versions of TLS.
    ///
    /// # Errors
    /// When the certificate can't be made.
    pub fn server_with(
        &self,
        leaf: Leaf,
        protocols: &[&str],
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Result<Arc<ServerConfig>, Failure> {
        self.configured(leaf, protocols, versions, WebPkiClientVerifier::no_client_auth())
    }

    fn configured(
        &self,
        leaf: Leaf,
        protocols: &[&str],
        versions: &[&'static rustls::SupportedProtocolVersion],
        clients: Arc<dyn ClientCertVerifier>,
    ) -> Result<Arc<ServerConfig>, Failure> {
        let names = match leaf {
            Leaf::OtherHost => vec!["other.example".to_owned()],
            _ => ["localhost", "127.0.0.1", "messaging.test"].map(str::to_owned).to_vec(),
        };
        let mut params = CertificateParams::new(names)?;
        match leaf {
            Leaf::Expired => {
                params.not_before = date_time_ymd(2000, 1, 1);
                params.not_after = date_time_ymd(2001, 1, 1);
            }
            Leaf::NotYetValid => {
                params.not_before = date_time_ymd(3000, 1, 1);
                params.not_after = date_time_ymd(3001, 1, 1);
            }
            Leaf::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            Leaf::Good | Leaf::OtherHost => {}
        }
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)?
            .with_client_cert_verifier(clients)
            .with_single_cert(vec![certificate.der().clone()], key)?;
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
        Ok(Arc::new(config))
    }
}
