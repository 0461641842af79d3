//! Snippets of the server's configuration: a server starts with each.

use super::snippets::of;
use crate::{cli::Folder, serve::server::Server};

#[test]
fn a_server_starts_with_each() {
    for file in ["docs/configuration.md", "docs/deploy.md", "docs/accounts.md"] {
        for snippet in of(file, &["toml"]) {
            let folder = Folder::new_shop();
            let made = rcgen::generate_simple_self_signed(["stats.shop.example".to_owned()]).unwrap();
            let [certificate, key] =
                [("cert.pem", made.cert.pem()), ("key.pem", made.signing_key.serialize_pem())]
                    .map(|(name, text)| folder.file(name, &text));
            let text = snippet
                .text
                .replace("/etc/letsencrypt/live/stats.shop.example/fullchain.pem", &certificate)
                .replace("/etc/letsencrypt/live/stats.shop.example/privkey.pem", &key);
            // The address alone is the test's own: `Server::start` gives it as an argument.
            let config = folder.file("waymark-server.toml", &text);
            Server::start(&folder, &["--config", &config]).stop();
        }
    }
}
