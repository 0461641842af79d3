//! `waymark key`: makes, lists and revokes secret keys.

use serde::Serialize;
use waymark_model::{Zone, duration, nearest, time::DAY};
use waymark_store::{
    Clock as _, SystemClock,
    catalog::{ApiKey, KeyScope},
};

use super::{Context, data::Data, failure::CliError, out};
use crate::text::table::table;

/// What can be done with keys.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a key for a site. It is shown this once.
    Add(Add),
    /// List the keys that are not revoked.
    List {
        /// Only those of this site.
        #[arg(long)]
        site: Option<String>,
    },
    /// Revoke a key for ever.
    Revoke {
        /// The key's first letters, as `waymark key list` shows them.
        prefix: String,
    },
}

/// A key to make.
#[derive(Debug, clap::Args)]
pub(crate) struct Add {
    /// The site that it is for.
    site: String,
    /// What it may be used for: `collect` to send events, `read` to ask questions, `admin` for everything.
    #[arg(long, value_parser = scope)]
    scope: KeyScope,
    /// After which time it ends: `90d`. It does not end unless given.
    #[arg(long, value_name = "TIME", value_parser = length)]
    expires: Option<i64>,
}

fn scope(text: &str) -> Result<KeyScope, String> {
    KeyScope::from_name(text).ok_or_else(|| "use `collect`, `read` or `admin`".to_owned())
}

fn length(text: &str) -> Result<i64, String> {
    match duration::parse(text) {
        Ok(ms) if ms > 0 => Ok(ms),
        Ok(_) => Err("a key must hold for some time".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// A key as it is listed.
#[derive(Serialize)]
struct Listed {
    prefix: String,
    site: String,
    scope: &'static str,
    created: String,
    by: String,
    expires: Option<String>,
    expired: bool,
    last_used: Option<String>,
    /// The key itself, when it has just been made.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

pub(super) fn run(context: &Context, command: &Command) -> Result<(), CliError> {
    match command {
        Command::Add(args) => add(context, args),
        Command::List { site } => list(context, site.as_deref()),
        Command::Revoke { prefix } => revoke(context, prefix),
    }
}

fn add(context: &Context, args: &Add) -> Result<(), CliError> {
    let data = Data::write(context, "key add")?;
    let site = data.site(&args.site)?;
    let by = context.author();
    let expires_at = args.expires.map(|ms| by.at.saturating_add(ms));
    let (text, key) = data.wait(async |catalog| catalog.add_key(&site, args.scope, expires_at, &by).await)?;
    if context.json {
        return out::json(context, &Listed { key: Some(text), ..listed(&key, by.at) });
    }
    out::text(
        context,
        &format!(
            "{text}\n\nThis is the only time that it is shown. It may {} the site {}{}.\n",
            match key.scope {
                KeyScope::Collect => "send events to",
                KeyScope::Read => "ask questions about",
                KeyScope::Admin => "do everything with",
            },
            key.site,
            key.expires_at.map_or(String::new(), |end| format!(" until {}", date(end))),
        ),
    )
}

fn list(context: &Context, site: Option<&str>) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let site = site.map(|name| data.site(name)).transpose()?;
    let now = SystemClock.now();
    let mut keys = data.wait(async |catalog| catalog.keys().await)?;
    keys.retain(|key| site.as_ref().is_none_or(|site| site.id == key.site));
    let keys: Vec<Listed> = keys.iter().map(|key| listed(key, now)).collect();
    if context.json {
        return out::json(context, &keys);
    }
    let row = |key: &Listed| {
        let ends = match &key.expires {
            None => "never".to_owned(),
            Some(date) if key.expired => format!("{date} (expired)"),
            Some(date) => date.clone(),
        };
        let used = key.last_used.clone().unwrap_or_else(|| "never".to_owned());
        vec![key.prefix.clone(), key.site.clone(), key.scope.to_owned(), key.created.clone(), ends, used]
    };
    let rows: Vec<_> = keys.iter().map(row).collect();
    out::text(context, &table(&["key", "site", "scope", "made", "ends", "last used"], &[], &rows))
}

fn revoke(context: &Context, prefix: &str) -> Result<(), CliError> {
    let data = Data::write(context, "key revoke")?;
    let by = context.author();
    let Some(key) = data.wait(async |catalog| catalog.revoke_key(prefix, &by).await)? else {
        let keys = data.wait(async |catalog| catalog.keys().await)?;
        let near = nearest(prefix, keys.iter().map(|key| key.prefix.as_str())).map(str::to_owned);
        return Err(CliError::UnknownKey { prefix: prefix.chars().take(12).collect(), near });
    };
    if context.json {
        return out::json(context, &listed(&key, by.at));
    }
    out::text(context, &format!("Revoked the key {}… of the site {}.\n", key.prefix, key.site))
}

fn listed(key: &ApiKey, now: i64) -> Listed {
    Listed {
        prefix: key.prefix.clone(),
        site: key.site.to_string(),
        scope: key.scope.as_str(),
        created: date(key.by.at),
        by: key.by.name.clone(),
        expires: key.expires_at.map(date),
        expired: key.is_expired(now),
        last_used: key.used_on.map(|day| date(day.saturating_mul(DAY))),
        key: None,
    }
}

/// A day, in UTC: a key is no site's matter alone.
fn date(time: i64) -> String {
    Zone::utc().date(time).to_string()
}
