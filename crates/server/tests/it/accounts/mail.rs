//! A lost password, chosen anew by e-mail: against a mail server of the test's own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use serde_json::json;

use super::{
    browser::{Browser, OWNER, PASSWORD, new_server, refusal, set_up, token_of},
    people::invite,
};
use crate::{cli::Folder, serve::server::Server};

/// Long enough for what comes, and paid only by what must not come.
const QUIET: Duration = Duration::from_secs(2);

/// A mail server (RFC 5321) that keeps what it is sent: the lines of each conversation.
pub fn mail_server() -> (SocketAddr, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, (sender, received)) = (listener.local_addr().unwrap(), channel());
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            thread::spawn(move || conversation(stream, &sender));
        }
    });
    (address, received)
}

fn conversation(stream: TcpStream, kept: &Sender<Vec<String>>) -> Option<()> {
    let mut answers = stream.try_clone().ok()?;
    let mut say = |text: &str| write!(answers, "{text}\r\n").ok();
    let (mut lines, mut all, mut is_data) = (BufReader::new(stream).lines(), Vec::new(), false);
    say("220 mail.example ready")?;
    while let Some(Ok(line)) = lines.next() {
        let word = line.get(..4).unwrap_or(&line).to_ascii_uppercase();
        match (is_data, word.as_str()) {
            (true, ".") => {
                is_data = false;
                say("250 taken")?;
                kept.send(std::mem::take(&mut all)).ok()?;
                continue;
            }
            (true, _) => {}
            (false, "DATA") => {
                is_data = true;
                say("354 go on")?;
            }
            (false, "QUIT") => return say("221 bye"),
            (false, _) => say("250 fine")?,
        }
        all.push(line);
    }
    None
}

/// A server that sends e-mail by the mail server, and its owner's browser.
pub fn sends_mail_to(folder: &Folder, address: SocketAddr) -> (Server, Browser) {
    let config = format!(
        "public_url = 'http://localhost:1'\n[mail]\nserver = 'smtp://{address}'\nfrom = 'Waymark <waymark@shop.example>'\n"
    );
    let (server, token) = new_server(folder, &["--config", &folder.file("server.toml", &config)]);
    let mut browser = Browser::of(&server);
    let first = json!({ "token": token, "email": OWNER, "name": "Ada", "password": PASSWORD });
    assert_eq!(browser.ask("POST", "/setup", &first).status, 201);
    (server, browser)
}

/// Whoever asks for an e-mail in somebody's name takes no link away from them.
#[test]
fn an_invitation_outlives_what_strangers_ask_for() {
    let folder = Folder::new();
    let (address, received) = mail_server();
    let (server, mut owner) = sends_mail_to(&folder, address);
    let link = invite(&mut owner, "bob@shop.example", Some("shop"), "editor");
    let lost = json!({ "email": "bob@shop.example" });
    for _ in 0..3 {
        assert_eq!(Browser::of(&server).ask("POST", "/recovery", &lost).status, 202);
        received.recv_timeout(Duration::from_secs(30)).unwrap();
    }
    let body = json!({ "token": link.split_once('#').unwrap().1, "password": PASSWORD });
    let answer = Browser::of(&server).ask("POST", "/recovery/finish", &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn somebody_who_lost_a_password_gets_a_link_and_nobody_else_does() {
    let folder = Folder::new();
    let (address, received) = mail_server();
    let (server, mut browser) = sends_mail_to(&folder, address);
    assert_eq!(browser.get("/session").json()["mail"], true);
    let ask = |email: &str| {
        let answer = Browser::of(&server).ask("POST", "/recovery", &json!({ "email": email }));
        (answer.status, answer.text())
    };
    let (unknown, known) = (ask("nobody@shop.example"), ask(" Ada@Shop.example "));
    assert_eq!((&unknown, unknown.0), (&known, 202), "who has an account is not told");
    let lines = received.recv_timeout(Duration::from_secs(30)).unwrap();
    let text = lines.join("\n");
    assert!(text.contains("RCPT TO:<ada@shop.example>") && text.contains("waymark@shop.example"), "{text}");
    assert!(
        text.contains("http://localhost:1/recover#"),
        "by the public address, whatever was asked for: {text}"
    );
    let token = token_of(&text, "recover").unwrap();
    let finish = |password: &str| {
        let body = json!({ "token": token, "password": password });
        refusal(&Browser::of(&server).ask("POST", "/recovery/finish", &body)).1
    };
    assert_eq!([finish("chosen anew"), finish("and once more")], ["", "bad_link"]);
    assert_eq!(browser.get("/sites").status, 401, "who knew the old one is out");
    Browser::of(&server).sign_in(OWNER, "chosen anew");
    assert!(received.recv_timeout(QUIET).is_err(), "nothing was sent to anybody else");
    // Three at once, and no more: nobody's mailbox is filled by strangers.
    for _ in 0..5 {
        assert_eq!(ask(OWNER).0, 202);
    }
    let sent = std::iter::from_fn(|| received.recv_timeout(QUIET).ok()).count();
    assert_eq!(sent, 2, "with the one before");
    let said = server.stop();
    assert!(!said.contains("ada@") && !said.contains(&token), "{said}");
}

#[test]
fn without_a_mail_server_nobody_is_promised_an_email() {
    let folder = Folder::new();
    let (_server, mut owner) = set_up(&folder);
    assert_eq!(owner.get("/session").json()["mail"], false);
    let answer = owner.ask("POST", "/recovery", &json!({ "email": OWNER }));
    assert_eq!(refusal(&answer), (409, "no_mail".to_owned()));
}

#[test]
fn mail_that_could_be_read_on_its_way_is_not_sent() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    for (mail, said) in [
        ("server = 'mail.shop.example'", "no mail server"),
        ("server = 'smtps://ada:secret@mail.shop.example'", "`mail.user`"),
        ("server = 'smtps://mail.shop.example'", "`mail.from`"),
        ("server = 'smtps://mail.shop.example'\nfrom = 'a@b.example'", "`public_url`"),
        ("server = 'smtps://mail.shop.example'\nfrom = 'a@b.example'\nuser = 'a'", "`mail.password`"),
    ] {
        let config = folder.file("server.toml", &format!("[mail]\n{mail}\n"));
        let ran = folder.run(&["serve", "--listen", "127.0.0.1:0", "--config", &config]);
        assert!(ran.code == 2 && ran.err.contains(said), "{mail}: {} {}", ran.code, ran.err);
    }
    // A mail server that offers no TLS, elsewhere than on this machine, would be sent nothing: the name is one of this machine.
    let (address, received) = mail_server();
    let config = format!(
        "public_url = 'http://localhost:1'\n[mail]\nserver = 'smtps://{address}'\nfrom = 'a@b.example'\n"
    );
    let config = folder.file("server.toml", &config);
    folder.ok(&["account", "add", OWNER, "--role", "owner"]);
    let server = Server::start(&folder, &["--config", &config]);
    Browser::of(&server).ask("POST", "/recovery", &json!({ "email": OWNER }));
    assert!(received.recv_timeout(QUIET).is_err());
}
