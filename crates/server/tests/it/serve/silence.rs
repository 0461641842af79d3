//! Connections that say nothing, or not enough to tell what they want.

use std::{io::Read as _, io::Write as _, net::TcpStream, time::Duration};

use super::server::Server;
use crate::cli::Folder;

#[test]
fn who_says_nothing_keeps_no_place() {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &[]);
    // The beginning of a request, of HTTP/2, and of nothing.
    let silent = ["", "P", "PRI * HTTP/2.0", "GET / HT"].map(|said| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.write_all(said.as_bytes()).unwrap();
        (said, stream)
    });
    for (said, mut stream) in silent {
        let mut answer = Vec::new();
        let ended = stream.read_to_end(&mut answer);
        assert!(ended.is_ok(), "`{said}` is waited for: {ended:?}");
    }
}
