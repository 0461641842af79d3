//! The API and the pages, by running the real program.

mod access;
mod anonymity;
mod beside;
mod contract;
mod definitions;
mod differences;
mod pages;
mod queries;
mod tenants;
mod voids;

use rand::seq::IndexedRandom as _;
use rand_pcg::Pcg64Mcg;
use serde_json::Value;

use crate::{
    cli::Folder,
    serve::{client::Answer, server::Server},
};

/// A running server, and a key of its site `shop`.
pub struct Api {
    pub folder: Folder,
    pub server: Server,
    pub key: String,
}

impl Api {
    /// On a folder that has the site `shop`, with a key that may do everything there.
    pub fn on(folder: Folder) -> Self {
        Self::with(folder, &[])
    }

    /// The same, started with these arguments.
    pub fn with(folder: Folder, args: &[&str]) -> Self {
        let key = key(&folder, "shop", "admin");
        let server = Server::start(&folder, args);
        Self { folder, server, key }
    }

    /// The tests' own shop.
    pub fn shop() -> Self {
        Self::on(Folder::shop())
    }

    /// Asks with the key.
    pub fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        self.ask_as(&self.key, method, path, &[], body)
    }

    /// Asks with some key and further headers.
    pub fn ask_as(
        &self,
        key: &str,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let bearer = format!("Bearer {key}");
        let headers = [&[("authorization", bearer.as_str())], headers].concat();
        self.server.client().ask(method, path, &headers, body.as_bytes()).unwrap()
    }

    /// What a request that succeeds is answered.
    pub fn get(&self, path: &str) -> Value {
        let answer = self.ask("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The bytes of a file that is written while it is sent.
    pub fn download(&self, path: &str) -> Vec<u8> {
        let answer = self.ask("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert!(answer.header("content-disposition").unwrap().starts_with("attachment"), "{path}");
        answer.body
    }

    /// The answer to a question about `shop`.
    pub fn query(&self, query: &str) -> Answer {
        self.ask("POST", "/api/v1/sites/shop/query", query)
    }
}

/// A new key.
pub fn key(folder: &Folder, site: &str, scope: &str) -> String {
    let made = folder.json(&["key", "add", site, "--scope", scope]);
    made["key"].as_str().unwrap().to_owned()
}

/// The status and the code of a refusal; the code is empty for an answer that is none.
pub fn refusal(answer: &Answer) -> (u16, String) {
    let said = answer.json();
    if answer.status >= 400 {
        assert!(said["error"]["message"].is_string(), "{}", answer.text());
        assert!(answer.header("x-request-id").is_some(), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
    }
    (answer.status, said["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// One of some words, as the dice fall.
pub fn one<'w>(of: &[&'w str], dice: &mut Pcg64Mcg) -> &'w str {
    of.choose(dice).unwrap()
}
