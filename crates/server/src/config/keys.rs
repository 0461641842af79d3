//! The table of all keys: how each is called in the file, as an argument and in the environment, and how its value is
//! read. All three give texts, so that a value means the same wherever it stands.

use super::{
    Config, Secret,
    access::{issuer, mail_from, mail_server, new_accounts},
    read::{
        Read, address, count, forwarded, header, level, limit, log_format, networks, path, public_url,
        switch, time, truncation,
    },
};

/// A key.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// Its name in the file; `tls.key` is `key` in the table `tls`.
    pub name: &'static str,
    /// The argument.
    pub flag: &'static str,
    /// The variable of the environment.
    pub variable: &'static str,
    /// What its value is called.
    pub value: &'static str,
    /// What it is for.
    pub help: &'static str,
    /// Reads its value.
    pub(super) read: fn(&mut Config, &str) -> Read,
}

/// All keys, in the order of the documentation.
pub const KEYS: [Key; 31] = [
    Key {
        name: "listen",
        flag: "listen",
        variable: "WAYMARK_LISTEN",
        value: "ADDRESS",
        help: "The address to listen on",
        read: |config, text| address(text).map(|address| config.listen = address),
    },
    Key {
        name: "public_url",
        flag: "public-url",
        variable: "WAYMARK_PUBLIC_URL",
        value: "URL",
        help: "Where browsers reach the server: `https://stats.shop.example`",
        read: |config, text| public_url(text).map(|url| config.public_url = Some(url)),
    },
    Key {
        name: "metrics",
        flag: "metrics",
        variable: "WAYMARK_METRICS",
        value: "ADDRESS",
        help: "The address that metrics are read from, such as `127.0.0.1:9464`; nowhere unless given",
        read: |config, text| address(text).map(|address| config.metrics = Some(address)),
    },
    Key {
        name: "tls.certificate",
        flag: "tls-certificate",
        variable: "WAYMARK_TLS_CERTIFICATE",
        value: "FILE",
        help: "The certificate chain (PEM); with it the server speaks TLS. Read anew on SIGHUP",
        read: |config, text| {
            config.certificate = Some(text.into());
            Ok(())
        },
    },
    Key {
        name: "tls.key",
        flag: "tls-key",
        variable: "WAYMARK_TLS_KEY",
        value: "FILE",
        help: "The certificate's private key (PEM)",
        read: |config, text| {
            config.certificate_key = Some(text.into());
            Ok(())
        },
    },
    Key {
        name: "trusted_proxies",
        flag: "trusted-proxies",
        variable: "WAYMARK_TRUSTED_PROXIES",
        value: "NETWORKS",
        help: "Proxies whose word on where a request comes from counts: `127.0.0.1,10.0.0.0/8`",
        read: |config, text| networks(text).map(|networks| config.trusted_proxies = networks),
    },
    Key {
        name: "forwarded_header",
        flag: "forwarded-header",
        variable: "WAYMARK_FORWARDED_HEADER",
        value: "NAME",
        help: "The header in which they give it: `x-forwarded-for`, `x-real-ip` or `forwarded`",
        read: |config, text| forwarded(text).map(|header| config.forwarded = header),
    },
    Key {
        name: "country_header",
        flag: "country-header",
        variable: "WAYMARK_COUNTRY_HEADER",
        value: "NAME",
        help: "The header in which they give the visitor's country, such as `cf-ipcountry`",
        read: |config, text| header(text).map(|name| config.country_header = Some(name)),
    },
    Key {
        name: "country_database",
        flag: "country-database",
        variable: "WAYMARK_COUNTRY_DATABASE",
        value: "FILE",
        help: "A database of the countries of networks (MaxMind DB)",
        read: |config, text| {
            config.country_database = Some(text.into());
            Ok(())
        },
    },
    Key {
        name: "datacentres",
        flag: "datacentres",
        variable: "WAYMARK_DATACENTRES",
        value: "FILE",
        help: "A list of data centres' networks, one a line: events from there are marked as a robot's",
        read: |config, text| {
            config.datacentres = Some(text.into());
            Ok(())
        },
    },
    Key {
        name: "spam_referrers",
        flag: "spam-referrers",
        variable: "WAYMARK_SPAM_REFERRERS",
        value: "FILE",
        help: "A list of hosts of referrer spam, one a line, beside the one that comes with Waymark",
        read: |config, text| {
            config.spam_referrers = Some(text.into());
            Ok(())
        },
    },
    Key {
        name: "paths.script",
        flag: "script-path",
        variable: "WAYMARK_PATHS_SCRIPT",
        value: "PATH",
        help: "The path of the browser script",
        read: |config, text| path(text).map(|path| config.script_path = path),
    },
    Key {
        name: "paths.events",
        flag: "events-path",
        variable: "WAYMARK_PATHS_EVENTS",
        value: "PATH",
        help: "The path that events are sent to",
        read: |config, text| path(text).map(|path| config.events_path = path),
    },
    Key {
        name: "paths.pixel",
        flag: "pixel-path",
        variable: "WAYMARK_PATHS_PIXEL",
        value: "PATH",
        help: "The path of the picture that takes events where no script runs",
        read: |config, text| path(text).map(|path| config.pixel_path = path),
    },
    Key {
        name: "shop",
        flag: "shop",
        variable: "WAYMARK_SHOP",
        value: "on|off",
        help: "Serve the demonstration's storefront, at `/shop`",
        read: |config, text| switch(text).map(|is_on| config.shop = is_on),
    },
    Key {
        name: "rate_limit",
        flag: "rate-limit",
        variable: "WAYMARK_RATE_LIMIT",
        value: "EVENTS",
        help: "Events that one network may send in a minute, or `off`",
        read: |config, text| limit(text).map(|limit| config.rate_limit = limit),
    },
    Key {
        name: "truncate_ip",
        flag: "truncate-ip",
        variable: "WAYMARK_TRUNCATE_IP",
        value: "on|off",
        help: "Tell visitors apart by their network instead of their whole address",
        read: |config, text| truncation(text).map(|truncation| config.truncation = truncation),
    },
    Key {
        name: "connections",
        flag: "connections",
        variable: "WAYMARK_CONNECTIONS",
        value: "COUNT",
        help: "Connections that are open at a time; more wait",
        read: |config, text| count(text).map(|count| config.connections = count),
    },
    Key {
        name: "question_time",
        flag: "question-time",
        variable: "WAYMARK_QUESTION_TIME",
        value: "TIME",
        help: "The longest time that a question may take, such as `30s`, or `off`",
        read: |config, text| time(text).map(|time| config.question_time = time),
    },
    Key {
        name: "flush_rows",
        flag: "flush-rows",
        variable: "WAYMARK_FLUSH_ROWS",
        value: "EVENTS",
        help: "Events in memory are moved into segments once there are so many",
        read: |config, text| count(text).map(|count| config.flush_rows = count as u64),
    },
    Key {
        name: "mail.server",
        flag: "mail-server",
        variable: "WAYMARK_MAIL_SERVER",
        value: "URL",
        help: "The server that takes e-mail: `smtps://mail.shop.example`, or `smtp://…` for STARTTLS",
        read: |config, text| mail_server(text).map(|server| config.mail.server = Some(server)),
    },
    Key {
        name: "mail.user",
        flag: "mail-user",
        variable: "WAYMARK_MAIL_USER",
        value: "NAME",
        help: "The user at the mail server",
        read: |config, text| {
            config.mail.user = Some(text.to_owned());
            Ok(())
        },
    },
    Key {
        name: "mail.password",
        flag: "mail-password",
        variable: "WAYMARK_MAIL_PASSWORD",
        value: "SECRET",
        help: "The user's password; better in the file or the environment than as an argument",
        read: |config, text| {
            config.mail.password = Some(Secret(text.to_owned()));
            Ok(())
        },
    },
    Key {
        name: "mail.from",
        flag: "mail-from",
        variable: "WAYMARK_MAIL_FROM",
        value: "ADDRESS",
        help: "Whom e-mail is from: `Waymark <waymark@shop.example>`",
        read: |config, text| mail_from(text).map(|from| config.mail.from = Some(from)),
    },
    Key {
        name: "oidc.issuer",
        flag: "oidc-issuer",
        variable: "WAYMARK_OIDC_ISSUER",
        value: "URL",
        help: "A service by OpenID Connect that people may sign in by",
        read: |config, text| issuer(text).map(|issuer| config.oidc.issuer = Some(issuer)),
    },
    Key {
        name: "oidc.client",
        flag: "oidc-client",
        variable: "WAYMARK_OIDC_CLIENT",
        value: "NAME",
        help: "What Waymark is called there",
        read: |config, text| {
            config.oidc.client = Some(text.to_owned());
            Ok(())
        },
    },
    Key {
        name: "oidc.secret",
        flag: "oidc-secret",
        variable: "WAYMARK_OIDC_SECRET",
        value: "SECRET",
        help: "The secret that Waymark has there; better in the file or the environment than as an argument",
        read: |config, text| {
            config.oidc.secret = Some(Secret(text.to_owned()));
            Ok(())
        },
    },
    Key {
        name: "oidc.name",
        flag: "oidc-name",
        variable: "WAYMARK_OIDC_NAME",
        value: "NAME",
        help: "What people call the service",
        read: |config, text| {
            config.oidc.name = Some(text.to_owned());
            Ok(())
        },
    },
    Key {
        name: "oidc.new_accounts",
        flag: "oidc-new-accounts",
        variable: "WAYMARK_OIDC_NEW_ACCOUNTS",
        value: "off|viewer",
        help: "What those it knows become who have no account here",
        read: |config, text| new_accounts(text).map(|makes| config.oidc.makes_viewers = makes),
    },
    Key {
        name: "log.format",
        flag: "log-format",
        variable: "WAYMARK_LOG_FORMAT",
        value: "FORM",
        help: "The form of log lines: `text` or `json`",
        read: |config, text| log_format(text).map(|format| config.log_format = format),
    },
    Key {
        name: "log.level",
        flag: "log-level",
        variable: "WAYMARK_LOG_LEVEL",
        value: "LEVEL",
        help: "What is logged: `error`, `warn`, `info`, `debug` or `off`",
        read: |config, text| level(text).map(|level| config.log_level = level),
    },
];
