//! How connections are encrypted: TLS 1.2 or later by rustls and ring, checked
//! against the platform's roots. Nothing turns certificate checks off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::client::danger::ServerCertVerifier;
use rustls::client::{ResolvesClientCert, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, RootCertStore, SignatureScheme};
use rustls_platform_verifier::Verifier;

use crate::config::{ClientCertificate, Config, Roots};
use crate::error::Error;

/// The TLS side of a client's connections.
pub(super) fn client_config(config: &Config) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal(format!("TLS can't be set up: {error}")))?;
    if !config.uses_tls() {
        // Never used; a machine without any CA certificate must not matter here.
        return Ok(versions.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = verifier(&config.roots, &provider)?;
    let checked = versions.dangerous().with_custom_certificate_verifier(verifier);
    let mut tls = match &config.client_certificate {
        Some(ClientCertificate { chain, key }) => checked
            .with_client_auth_cert(chain.clone(), key.clone_key())
            .map_err(|error| identity_error(&error))?,
        None => checked.with_no_client_auth(),
    };
    tls.alpn_protocols = vec![b"http/1.1".to_vec()];
    if config.uses_http2() {
        tls.alpn_protocols.insert(0, b"h2".to_vec());
    }
    Ok(tls)
}

/// Observes whether the service asks for a certificate of the client: gives a flag that is set
/// once it does. All connections have this one: rustls resumes no session of another.
pub(super) fn observe_certificate_requests(tls: &mut ClientConfig) -> Arc<AtomicBool> {
    let requested = Arc::<AtomicBool>::default();
    let resolver = tls.client_auth_cert_resolver.clone();
    tls.client_auth_cert_resolver =
        Arc::new(CertificateRequestObserver { resolver, requested: requested.clone() });
    requested
}

#[derive(Debug)]
struct CertificateRequestObserver {
    resolver: Arc<dyn ResolvesClientCert>,
    requested: Arc<AtomicBool>,
}

impl ResolvesClientCert for CertificateRequestObserver {
    fn resolve(&self, issuers: &[&[u8]], schemes: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.requested.store(true, Ordering::Relaxed);
        self.resolver.resolve(issuers, schemes)
    }

    fn only_raw_public_keys(&self) -> bool {
        self.resolver.only_raw_public_keys()
    }

    fn has_certs(&self) -> bool {
        self.resolver.has_certs()
    }
}

fn identity_error(error: &rustls::Error) -> Error {
    match error {
        rustls::Error::InconsistentKeys(_) => {
            Error::config("client_key_file", "holds a key that does not belong to the client's certificate")
        }
        rustls::Error::InvalidCertificate(_) => {
            Error::config("client_cert_file", "holds a certificate that can't be used")
        }
        _ => Error::config("client_key_file", "holds a private key of a kind that can't be used"),
    }
}

/// The platform's roots, or what the environment replaces them with; Mozilla's on a
/// machine that has none. The added ones besides.
fn verifier(roots: &Roots, provider: &Arc<CryptoProvider>) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let refused =
        |error: String| Error::config("ca_file", format!("holds a certificate that can't be used: {error}"));
    let mut store = RootCertStore::empty();
    match &roots.replaced {
        Some(certificates) => {
            // A machine's bundle may have some that nobody can use.
            store.add_parsable_certificates(certificates.iter().cloned());
        }
        None => match Verifier::new(provider.clone()) {
            Ok(platform) if roots.added.is_empty() => return Ok(Arc::new(platform)),
            Ok(_) => {
                return Verifier::new_with_extra_roots(roots.added.iter().cloned(), provider.clone())
                    .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
                    .map_err(|error| refused(error.to_string()));
            }
            Err(_) => {}
        },
    }
    if store.is_empty() {
        store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    for root in &roots.added {
        store.add(root.clone()).map_err(|error| refused(error.to_string()))?;
    }
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone())
        .build()
        .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
        .map_err(|error| Error::internal(format!("TLS can't be set up: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine without any certificate authority, as many containers are.
    #[test]
    fn a_machine_without_roots_can_do_without() {
        let provider = Arc::new(ring::default_provider());
        let none = Roots { replaced: Some(Vec::new()), added: Vec::new() };
        assert!(verifier(&none, &provider).is_ok());
    }
}
