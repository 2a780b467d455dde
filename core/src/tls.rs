//! How connections are encrypted: TLS 1.2 or later by rustls and ring, checked
//! against the platform's roots. Nothing turns certificate checks off.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, ring};
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;

use crate::config::Config;
use crate::error::Error;

/// The TLS side of a client's connections.
pub(crate) fn client_config(config: &Config) -> Result<ClientConfig, Error> {
    let provider = Arc::new(ring::default_provider());
    let versions = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::internal(format!("TLS can't be set up: {error}")))?;
    if !config.uses_tls() {
        // Never used; a machine without any CA certificate must not matter here.
        return Ok(versions.with_root_certificates(RootCertStore::empty()).with_no_client_auth());
    }
    let verifier = verifier(&config.extra_roots, &provider)?;
    let mut tls = versions.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth();
    tls.alpn_protocols =
        if config.http2 { vec![b"h2".to_vec(), b"http/1.1".to_vec()] } else { vec![b"http/1.1".to_vec()] };
    Ok(tls)
}

/// The platform's roots, or Mozilla's on a machine that has none; the extra ones besides.
fn verifier(
    extra: &[CertificateDer<'static>],
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, Error> {
    let refused =
        |error: String| Error::config("ca_file", format!("holds a certificate that can't be used: {error}"));
    match Verifier::new(provider.clone()) {
        Ok(platform) if extra.is_empty() => Ok(Arc::new(platform)),
        Ok(_) => Verifier::new_with_extra_roots(extra.iter().cloned(), provider.clone())
            .map(|verifier| Arc::new(verifier) as Arc<dyn ServerCertVerifier>)
            .map_err(|error| refused(error.to_string())),
        Err(_) => {
            let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
            for root in extra {
                roots.add(root.clone()).map_err(|error| refused(error.to_string()))?;
            }
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .map(|verifier| verifier as Arc<dyn ServerCertVerifier>)
                .map_err(|error| Error::internal(format!("TLS can't be set up: {error}")))
        }
    }
}
