//! A browser: it keeps its cookie, says where its pages are from, and sends what a page of ours sends.

use serde_json::{Value, json};

use crate::{
    cli::Folder,
    serve::{
        client::{Answer, Client},
        server::Server,
    },
};

pub const PASSWORD: &str = "canary-password-9f2c";
pub const OWNER: &str = "ada@shop.example";

/// A browser with pages of the server open.
pub struct Browser {
    client: Client,
    origin: String,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
}

impl Browser {
    pub fn of(server: &Server) -> Self {
        Self {
            client: server.client(),
            origin: format!("http://{}", server.address),
            cookie: None,
            csrf: None,
        }
    }

    /// Asks as a page of the server does, and keeps what it is told to keep.
    pub fn ask(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let origin = self.origin.clone();
        self.ask_from(&origin, method, path, body)
    }

    /// The same as a page of another address.
    pub fn ask_from(&mut self, origin: &str, method: &str, path: &str, body: &Value) -> Answer {
        let (cookie, csrf) = (self.cookie.clone(), self.csrf.clone());
        let mut headers = vec![("origin", origin)];
        headers.extend(cookie.as_deref().map(|cookie| ("cookie", cookie)));
        headers.extend(csrf.as_deref().map(|csrf| ("x-waymark-csrf", csrf)));
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let path = format!("/api/v1{path}");
        let answer = self.client.ask(method, &path, &headers, body.as_bytes()).unwrap();
        if let Some(set) = answer.header("set-cookie") {
            self.cookie = set.split(';').next().map(str::to_owned).filter(|pair| !pair.ends_with('='));
        }
        if let Some(csrf) = answer.json()["csrf"].as_str() {
            self.csrf = Some(csrf.to_owned());
        }
        answer
    }

    /// The same browser on a connection of its own.
    pub fn on_new_connection(&self, server: &Server) -> Self {
        let (cookie, csrf) = (self.cookie.clone(), self.csrf.clone());
        Self { client: server.client(), origin: self.origin.clone(), cookie, csrf }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, &Value::Null)
    }

    /// Signs in, which must succeed.
    pub fn sign_in(&mut self, email: &str, password: &str) -> Value {
        let answer = self.ask("POST", "/session", &json!({ "email": email, "password": password }));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// The status and the error's code.
pub fn refusal(answer: &Answer) -> (u16, String) {
    (answer.status, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

/// What stands behind `#` in the link that was printed.
pub fn token_of(said: &str, page: &str) -> Option<String> {
    let (_, rest) = said.split_once(&format!("/{page}#"))?;
    Some(rest.chars().take_while(char::is_ascii_alphanumeric).collect())
}

/// A server with the sites `shop` and `other`, which nobody has set up, and the token of the link that it printed.
pub fn new_server(folder: &Folder, args: &[&str]) -> (Server, String) {
    for site in ["shop", "other"] {
        folder.ok(&["site", "add", site, "--timezone", "UTC"]);
    }
    let (server, said) = Server::start(folder, args).said_so_far();
    let token = token_of(&said, "setup").unwrap();
    (server, token)
}

/// The owner's browser on a server that was just set up.
pub fn set_up(folder: &Folder) -> (Server, Browser) {
    let (server, token) = new_server(folder, &[]);
    let mut browser = Browser::of(&server);
    let first = json!({ "token": token, "email": OWNER, "name": "Ada", "password": PASSWORD });
    let answer = browser.ask("POST", "/setup", &first);
    assert_eq!(answer.status, 201, "{}", answer.text());
    (server, browser)
}
