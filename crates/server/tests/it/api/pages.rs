//! The dashboard's pages, and what every page tells the browser.

use crate::{cli::Folder, serve::server::Server};

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

#[test]
fn every_page_has_one_policy() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    let get = |path: &str| server.client().ask("GET", path, &[], b"").unwrap();
    for path in [
        "/",
        "/setup",
        "/sites/shop/overview",
        "/sites/shop/goals/new",
        "/api",
        "/api/v1/sites",
        "/api/v1/no",
    ] {
        let answer = get(path);
        assert_eq!(answer.header("content-security-policy"), Some(POLICY), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
    }
    // With the dashboard in the build or without it.
    let index = get("/");
    match index.status {
        200 => {
            let tag = index.header("etag").unwrap();
            let asked = [("if-none-match", tag), ("accept-encoding", "gzip")];
            assert_eq!(server.client().ask("GET", "/", &asked, b"").unwrap().status, 304);
        }
        503 => assert!(index.text().contains("cargo xtask build"), "{}", index.text()),
        status => panic!("{status}: {}", index.text()),
    }
    assert_eq!(get("/sites/shop/funnels").body, index.body, "all pages are one file");
    for path in ["/assets/nothing.js", "/nowhere"] {
        assert_eq!(get(path).status, 404, "{path}");
    }
}

#[test]
fn paths_that_the_collector_was_given_come_first() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &["--script-path", "/signin", "--pixel-path", "/assets/dot"]);
    let kind = |path: &str| {
        let answer = server.client().ask("GET", path, &[], b"").unwrap();
        answer.header("content-type").unwrap_or_default().to_owned()
    };
    assert!(kind("/signin").starts_with("text/javascript"));
    assert_eq!(kind("/assets/dot"), "image/gif");
    assert!(kind("/setup").starts_with("text/html"));
}
