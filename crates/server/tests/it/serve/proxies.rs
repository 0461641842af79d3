//! Real proxies, set up as `docs/deploy.md` says, between the world and the server.

use std::{
    fs,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::json;

use super::{
    client::{Answer, Client},
    server::{BROWSER, Server, stored},
};
use crate::cli::Folder;

/// A proxy; it is ended when it is dropped.
struct Proxy(Child);

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The first example of that kind in the document about running the server.
fn example(kind: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/deploy.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, from) = text.split_once(&format!("```{kind}\n")).unwrap();
    from.split_once("```").unwrap().0.to_owned()
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// nginx in the foreground with these locations in its only server.
fn nginx(folder: &Path, port: u16, locations: &str) -> Command {
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|kind| format!("{kind}_temp_path {}/{kind};\n", folder.display()))
        .collect();
    let config = format!(
        "daemon off; master_process off; pid {}/pid; error_log stderr; events {{}}\n\
         http {{ access_log off; {temporary} server {{ listen 127.0.0.1:{port}; {locations} }} }}",
        folder.display(),
    );
    fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new("nginx");
    // Some systems keep servers where not everybody's PATH leads.
    let path = format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default());
    command.env("PATH", path).arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
    command
}

/// Caddy with this site, which gets another address.
fn caddy(folder: &Path, port: u16, site: &str) -> Command {
    let config =
        format!("{{\n admin off\n}}\n{}", site.replace("shop.example", &format!("http://127.0.0.1:{port}")));
    fs::write(folder.join("Caddyfile"), config).unwrap();
    let mut command = Command::new("caddy");
    command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("Caddyfile"));
    command.env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
    command
}

/// Starts a proxy and waits until it answers; `None`, with the reason printed, where it is not installed.
fn start(mut command: Command, port: u16) -> Option<Proxy> {
    let process = match command.stderr(Stdio::null()).stdout(Stdio::null()).spawn() {
        Ok(process) => process,
        Err(error) => {
            println!("skipped: {command:?} cannot be run: {error}");
            return None;
        }
    };
    let mut proxy = Proxy(process);
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(proxy.0.try_wait().unwrap().is_none(), "{command:?} ended");
        std::thread::yield_now();
    }
    Some(proxy)
}

fn get(address: SocketAddr, path: &str) -> Answer {
    Client::connect(address).unwrap().ask("GET", path, &[], b"").unwrap()
}

/// Through that kind of proxy come the script and events, from the addresses that the proxy sees, and nothing else.
fn check(kind: &str, proxy: fn(&Path, u16, &str) -> Command) {
    let folder = Folder::new_shop();
    let server = Server::start(&folder, &["--trusted-proxies", "127.0.0.1"]);
    let (files, port) = (tempfile::tempdir().unwrap(), free_port());
    let own = example(kind).replace("127.0.0.1:8080", &server.address.to_string());
    let Some(_proxy) = start(proxy(files.path(), port, &own), port) else { return };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    for path in ["/wm/wm.js", "/wm/wm-more.js"] {
        assert_eq!(
            get(address, path).header("content-type"),
            Some("text/javascript; charset=utf-8"),
            "{kind}"
        );
    }
    for path in ["/wm/api/v1/sites", "/wm/health/live", "/wm/sign-in"] {
        assert!(get(address, path).header("x-request-id").is_none(), "{kind}: {path} gets to the server");
    }
    let event = json!({ "site": "shop", "name": "pageview", "url": "https://shop.example/" }).to_string();
    let headers =
        [("user-agent", BROWSER), ("x-forwarded-for", "203.0.113.7"), ("content-type", "text/plain")];
    for from in [2, 3, 2] {
        let mut client = Client::connect_from(Ipv4Addr::new(127, 0, 0, from), address).unwrap();
        let answer = client.ask("POST", "/wm/v1/events", &headers, event.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{kind}: {}", answer.text());
    }
    server.stop();
    let mut visitors: Vec<String> =
        stored(&folder).iter().map(|event| event["visitor"].to_string()).collect();
    assert_eq!(visitors.len(), 3, "{kind}");
    visitors.sort();
    visitors.dedup();
    assert_eq!(visitors.len(), 2, "{kind}: what a client says of its own address counts");
}

#[test]
fn nginx_passes_on_the_script_and_events() {
    check("nginx", nginx);
}

#[test]
fn caddy_passes_on_the_script_and_events() {
    check("caddy", caddy);
}
