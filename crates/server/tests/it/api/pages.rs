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
    for path in ["/", "/setup", "/sites/shop/overview", "/nowhere", "/api", "/api/v1/sites", "/api/v1/no"] {
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
    assert_eq!(get("/assets/nothing.js").status, 404);
}

/// A path that leads nowhere is answered so: with the dashboard's page for people, with a line of text for programs.
#[test]
fn a_path_that_leads_nowhere() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &[]);
    let ask = |method: &str, path: &str, accept: &str| {
        let asked = [("accept", accept)];
        server.client().ask(method, path, &asked, b"").unwrap()
    };
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let index = ask("GET", "/", browser);
    for path in
        ["/blah", "/blah/more?x=1", "/sites/shop/nowhere", "/sites/shop/goals/new", "/sites", "/index.htm"]
    {
        let answer = ask("GET", path, browser);
        assert_eq!(answer.status, 404, "{path}");
        if index.status == 200 {
            assert_eq!(answer.body, index.body, "{path}");
            assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{path}");
        }
        for (method, accept) in [("GET", "*/*"), ("GET", "application/json"), ("POST", "*/*")] {
            let answer = ask(method, path, accept);
            assert_eq!(answer.status, 404, "{method} {path}");
            assert_eq!(answer.text(), "there is nothing at this path\n", "{method} {path}");
        }
    }
    for path in ["/sites/shop", "/sites/shop/settings?part=keys", "/sites/no-such-site/overview"] {
        assert_eq!(ask("GET", path, browser).status, index.status, "{path}");
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
