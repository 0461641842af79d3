//! TLS with a certificate of the test's own.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::Arc,
};

use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject as _},
};

use super::server::Server;
use crate::cli::Folder;

/// Writes a certificate for `shop.example` and its key; gives the certificate.
fn certificate(folder: &Folder) -> String {
    let made = rcgen::generate_simple_self_signed(["shop.example".to_owned()]).unwrap();
    folder.file("cert.pem", &made.cert.pem());
    folder.file("key.pem", &made.signing_key.serialize_pem());
    made.cert.pem()
}

/// A connection that trusts that certificate alone and speaks these protocols.
fn connect(
    address: SocketAddr,
    trusted: &str,
    protocols: &[&[u8]],
) -> std::io::Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(trusted.as_bytes()).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from("shop.example").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = TcpStream::connect(address)?;
    while client.is_handshaking() {
        client.complete_io(&mut stream)?;
    }
    Ok(StreamOwned::new(client, stream))
}

#[test]
fn with_a_certificate_the_server_speaks_tls() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let first = certificate(&folder);
    let config = folder.file("server.toml", "[tls]\ncertificate = 'cert.pem'\nkey = 'key.pem'\n");
    let server = Server::start(&folder, &["--config", &config]);
    let mut stream = connect(server.address, &first, &[b"http/1.1"]).unwrap();
    stream
        .write_all(b"GET /health/live HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("\r\nstrict-transport-security: max-age=63072000\r\n"), "{answer}");
    let stream = connect(server.address, &first, &[b"h2", b"http/1.1"]).unwrap();
    assert_eq!(stream.conn.alpn_protocol(), Some(b"h2".as_slice()));
    // One that does not speak TLS is let go, and hinders nobody.
    let mut plain = TcpStream::connect(server.address).unwrap();
    plain.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(!answer.starts_with(b"HTTP"));
    // A renewed certificate is used from the next connection after the signal.
    let second = certificate(&folder);
    server.signal("HUP");
    while connect(server.address, &second, &[]).is_err() {
        std::thread::yield_now();
    }
    assert!(connect(server.address, &first, &[]).is_err());
    assert!(server.stop().contains("was reloaded"));
}

#[test]
fn a_certificate_that_cannot_be_used_is_said_before_anything_starts() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    certificate(&folder);
    let at = |name: &str| folder.path().with_file_name(name).to_str().unwrap().to_owned();
    let serve = |certificate: &str, key: &str, said: &[&str]| {
        let args = [
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--tls-certificate",
            &at(certificate),
            "--tls-key",
            &at(key),
        ];
        folder.fails(&args, 1, said);
    };
    serve("nowhere.pem", "key.pem", &["nowhere.pem"]);
    serve("key.pem", "key.pem", &["no certificate in"]);
    serve("cert.pem", "cert.pem", &["cannot read", "cert.pem"]);
    folder.file("other.pem", &rcgen::KeyPair::generate().unwrap().serialize_pem());
    serve("cert.pem", "other.pem", &["cannot be used"]);
}
