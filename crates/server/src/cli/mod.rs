//! The command line: what can be said, one file for each command, and how a run ends. It must not count anything.

mod account;
mod backup;
mod context;
mod data;
mod demo;
mod doctor;
mod erase;
mod export;
mod failure;
mod funnel;
mod goals;
mod health;
mod import;
mod key;
mod local;
mod maintain;
mod memory;
mod names;
mod out;
mod over;
mod progress;
mod query;
mod rate;
pub(crate) mod report;
mod serve;
mod site;
mod void;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};

use context::Context;
use failure::CliError;
use local::Served;

/// Counts what matters on your site: who came, who got how far, who bought, and how sure you can be of it.
#[derive(Debug, Parser)]
#[command(name = "waymark", version, after_help = EXIT_CODES, max_term_width = 100)]
struct Cli {
    /// The folder that holds all data.
    #[arg(
        long,
        global = true,
        env = "WAYMARK_DATA",
        default_value = "./waymark-data",
        value_name = "FOLDER"
    )]
    data: PathBuf,
    /// Print JSON for programs instead of text for people.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  done
  1  failed, or what was checked has errors
  2  the arguments or the query make no sense
  3  there is no site, goal, funnel, key, account or file of that name
  4  the data folder cannot be used: missing, foreign, of a newer version, without its catalog, or in use by
     another process
  5  done, but the data folder is damaged: what was printed or written may be incomplete";

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a site, or list the sites.
    #[command(subcommand)]
    Site(site::Command),
    /// Make, list or revoke secret keys for programs.
    #[command(subcommand)]
    Key(key::Command),
    /// Make, list, change or remove accounts of people, and let them choose a new password.
    #[command(subcommand)]
    Account(account::Command),
    /// Add the events of a file to a site.
    Import(import::ImportArgs),
    /// Say what counts: apply, check, list or export goals and funnels.
    #[command(subcommand)]
    Goals(goals::Command),
    /// Count units through the steps of a funnel.
    Funnel(funnel::Args),
    /// The share of visitors, sessions, users or events that reached a goal.
    Rate(rate::Args),
    /// The headline, what leads to it, and the funnels.
    Report(report::Args),
    /// Ask a question written as JSON.
    Query(query::Args),
    /// Write a site's events to a file.
    Export(export::Args),
    /// Remove all that is stored of a visitor or user.
    Erase(erase::Args),
    /// Take orders out of all results by their keys, or let them count again.
    Void(void::Args),
    /// List the names of a site's events, free the places of some, or keep places for others.
    Names(names::Args),
    /// Take events from browsers and servers until told to end.
    Serve(serve::Args),
    /// Say whether the server that has the data folder open takes events. Ends with 1 if not.
    Health,
    /// Examine every stored byte, and say what is wrong. Ends with 1 if something is.
    Doctor(doctor::Args),
    /// Remove what is older than the sites keep it, and merge small files; queries go on meanwhile.
    Maintain(maintain::Args),
    /// Copy the data folder.
    Backup(backup::BackupArgs),
    /// Make a data folder of a copy.
    Restore(backup::RestoreArgs),
    /// Simulate a shop in an empty data folder, and show it: the dashboard and a storefront, on this machine.
    Demo(demo::Args),
    /// Print the document that describes the API.
    #[command(hide = true)]
    Openapi,
}

/// Code of a command that did what it should.
const DONE: u8 = 0;
/// Code of a command that found something wrong in what it examined.
const FOUND: u8 = 1;
/// Code of an answer from a damaged folder.
const DAMAGED: u8 = 5;

/// Runs the program on the process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    let Cli { data, json, command } = Cli::parse();
    let context = Context::of_process(data, json);
    let ended = match command.served(&context) {
        Some(server) => server.run(command.reads_input()),
        None => run(&context, &command),
    };
    ExitCode::from(end(&context, ended))
}

/// The code to end with; says what failed.
fn end(context: &Context, ended: Result<u8, CliError>) -> u8 {
    match ended {
        Ok(code) => code,
        Err(error) if error.is_closed_pipe() => DONE,
        Err(error) => {
            error.print(&context.out);
            error.exit_code()
        }
    }
}

impl Command {
    /// The server to send the command to, if one has the data folder open.
    fn served(&self, context: &Context) -> Option<Served> {
        match self {
            // These need the folder for themselves: they are told who holds it.
            Self::Serve(_) | Self::Restore(_) => None,
            // And this needs none.
            Self::Openapi => None,
            Self::Demo(args) if args.serves() => None,
            _ => Served::of(&context.data),
        }
    }

    fn reads_input(&self) -> bool {
        matches!(self, Self::Query(args) if args.reads_input())
    }
}

fn run(context: &Context, command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Site(command) => site::run(context, command)?,
        Command::Key(command) => key::run(context, command)?,
        Command::Account(command) => account::run(context, command)?,
        Command::Import(args) => import::run(context, args)?,
        Command::Goals(command) => return goals::run(context, command),
        Command::Funnel(args) => return funnel::run(context, args),
        Command::Rate(args) => return rate::run(context, args),
        Command::Report(args) => return report::run(context, args),
        Command::Query(args) => return query::run(context, args),
        Command::Export(args) => return export::run(context, args),
        Command::Erase(args) => erase::run(context, args)?,
        Command::Void(args) => void::run(context, args)?,
        Command::Names(args) => names::run(context, args)?,
        Command::Serve(args) => serve::run(context, args)?,
        Command::Health => return health::run(context),
        Command::Doctor(args) => return doctor::run(context, args),
        Command::Backup(args) => return backup::backup(context, args),
        Command::Restore(args) => return backup::restore(context, args),
        Command::Maintain(args) => return maintain::run(context, args),
        Command::Demo(args) => return demo::run(context, args),
        Command::Openapi => out::text(context, crate::api::openapi())?,
    }
    Ok(DONE)
}
