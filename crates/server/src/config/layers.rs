//! Which value holds where several are given: an argument before the environment, that before the file, that before the
//! default.

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::{Arg, ArgMatches, Args, Command, Error, FromArgMatches, value_parser};

use super::{Config, ConfigError, FILE, KEYS, Key, RESERVED, file};

/// What arguments and the environment say.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    file: Option<PathBuf>,
    given: Vec<(Key, String)>,
}

impl Flags {
    /// What the environment says alone, for commands that have no such arguments. What cannot be read is left out.
    #[must_use]
    pub fn of_environment() -> Self {
        let given = |key: &Key| {
            let text = std::env::var(key.variable).ok().filter(|text| !text.is_empty())?;
            (key.read)(&mut Config::default(), &text).is_ok().then_some((*key, text))
        };
        let file = std::env::var_os("WAYMARK_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from);
        Self { file, given: KEYS.iter().filter_map(given).collect() }
    }

    /// The configuration: these, before what the file says. Without a file that is named, the one in the data folder
    /// is read if it is there.
    ///
    /// # Errors
    /// When a file that was named cannot be read, the file has errors, or values do not go together.
    pub fn config(&self, data: &Path) -> Result<Config, ConfigError> {
        let mut config = Config::default();
        let path = self.file.clone().unwrap_or_else(|| data.join(FILE));
        match std::fs::read_to_string(&path) {
            Ok(text) => {
                file::read(&mut config, &text).map_err(|errors| ConfigError::File {
                    path: path.clone(),
                    text,
                    errors,
                })?;
                config.take_files_from(path.parent().unwrap_or(Path::new("")));
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.file.is_none() => {}
            Err(source) => return Err(ConfigError::Read { path, source }),
        }
        for (key, text) in &self.given {
            // It was read before, when the argument was.
            let _ = (key.read)(&mut config, text);
        }
        check(&config)?;
        Ok(config)
    }
}

fn check(config: &Config) -> Result<(), ConfigError> {
    if config.certificate.is_some() != config.certificate_key.is_some() {
        let reason = "`tls.certificate` and `tls.key` belong together: give both or neither";
        return Err(ConfigError::Together(reason));
    }
    if let Some(reason) = access_reason(config) {
        return Err(ConfigError::Together(reason));
    }
    let more = config.more_path();
    let paths = [&config.script_path, &config.events_path, &config.pixel_path, &more];
    if paths.iter().enumerate().any(|(at, path)| paths[..at].contains(path)) {
        let reason = "two of the `paths` are the same, or one is that of `wm-more.js` beside the script";
        return Err(ConfigError::Together(reason));
    }
    if paths.iter().any(|path| RESERVED.iter().any(|reserved| path.starts_with(reserved))) {
        return Err(ConfigError::Together(
            "`paths` cannot begin with `/api/v1/`, `/health/`, `/check` or `/shop/`",
        ));
    }
    Ok(())
}

/// Why what is said of e-mail and of another service does not go together, if it does not.
fn access_reason(config: &Config) -> Option<&'static str> {
    let (mail, oidc) = (&config.mail, &config.oidc);
    if mail.server.is_some() && mail.from.is_none() {
        Some("`mail.server` needs `mail.from`: whom e-mail is from")
    } else if mail.user.is_some() != mail.password.is_some() {
        Some("`mail.user` and `mail.password` belong together: give both or neither")
    } else if mail.server.is_some() && config.public_url.is_none() {
        Some("`mail.server` needs `public_url`: the links in e-mails begin with it")
    } else if oidc.issuer.is_some() != oidc.client.is_some() {
        Some("`oidc.issuer` and `oidc.client` belong together: give both or neither")
    } else {
        None
    }
}

impl Args for Flags {
    fn augment_args(command: Command) -> Command {
        let file = Arg::new("config")
            .long("config")
            .env("WAYMARK_CONFIG")
            .value_name("FILE")
            .value_parser(value_parser!(PathBuf))
            .help("The configuration; `waymark-server.toml` in the data folder unless given");
        KEYS.iter().fold(command.arg(file), |command, key| {
            let read = |text: &str| {
                // Compose files hand on variables that are not set as empty ones.
                if !text.is_empty() {
                    (key.read)(&mut Config::default(), text)?;
                }
                Ok::<_, String>(text.to_owned())
            };
            let arg = Arg::new(key.name).long(key.flag).env(key.variable).value_name(key.value);
            command.arg(arg.help(key.help).value_parser(read))
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Flags {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        let given = |key: &Key| {
            let text = matches.get_one::<String>(key.name).filter(|text| !text.is_empty())?;
            Some((*key, text.clone()))
        };
        Ok(Self { file: matches.get_one("config").cloned(), given: KEYS.iter().filter_map(given).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
