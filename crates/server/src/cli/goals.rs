//! `waymark goals`: what counts, from a file to the catalog and back.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::json;
use waymark_analysis::{Over, usage::usage};
use waymark_model::{
    DefinitionError, Definitions, SiteDefinition, Zone,
    lints::{self, Lint, Severity},
};
use waymark_store::catalog::{Change, ChangeEntry, Site};

use super::{Context, DONE, FOUND, data::Data, failure::CliError, out};
use crate::text::{
    lints as lint_text, pointed,
    style::{MUTED, TITLE, shown, styled},
    table::{Align, table},
};

/// What can be done with goals and funnels.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Make a file's goals and funnels those of the sites it names: all of it, or nothing.
    Apply {
        /// The file.
        file: PathBuf,
    },
    /// Say what is wrong or doubtful in a file, and change nothing. Ends with 1 if something is wrong.
    Check {
        /// The file.
        file: PathBuf,
        /// Look also at how the goals are used in the data.
        #[arg(long)]
        with_data: bool,
    },
    /// List the goals and funnels in force.
    List {
        /// Only those of this site.
        #[arg(long)]
        site: Option<String>,
        /// Show every change instead, with who made it and when.
        #[arg(long)]
        history: bool,
    },
    /// Write the goals and funnels in force as a file.
    Export {
        /// Only those of this site.
        #[arg(long)]
        site: Option<String>,
    },
}

pub(super) fn run(context: &Context, command: &Command) -> Result<u8, CliError> {
    match command {
        Command::Apply { file } => apply(context, &context.path(file))?,
        Command::Check { file, with_data } => return check(context, &context.path(file), *with_data),
        Command::List { site, history } if *history => show_history(context, site.as_deref())?,
        Command::List { site, .. } => list(context, site.as_deref())?,
        Command::Export { site } => export(context, site.as_deref())?,
    }
    Ok(DONE)
}

fn read(path: &Path) -> Result<Result<Definitions, (String, Vec<DefinitionError>)>, CliError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| CliError::Read { path: path.to_path_buf(), source })?;
    Ok(Definitions::parse(&text).map_err(|errors| (text, errors)))
}

fn apply(context: &Context, path: &Path) -> Result<(), CliError> {
    let wanted = read(path)?.map_err(|(text, errors)| CliError::Definitions {
        path: path.to_path_buf(),
        text,
        errors,
    })?;
    let data = Data::write(context, "goals apply")?;
    let changes = data.wait(async |catalog| catalog.apply(&wanted, &context.author()).await)?;
    let lints: Vec<Lint> = wanted.sites.iter().flat_map(|site| lints::lint(site, None)).collect();
    if context.json {
        let changes: Vec<_> = changes.iter().map(change_json).collect();
        return out::json(context, &json!({ "changes": changes, "lints": lints }));
    }
    let mut text: String = changes.iter().map(|change| format!("{}\n", change_text(change))).collect();
    if changes.is_empty() {
        text.push_str("Nothing has changed.\n");
    }
    out::text(context, &text)?;
    context.out.say(&lint_text::lints(&lints));
    Ok(())
}

fn check(context: &Context, path: &Path, with_data: bool) -> Result<u8, CliError> {
    let definitions = match read(path)? {
        Ok(definitions) => definitions,
        Err((_, errors)) if context.json => {
            out::json(context, &json!({ "errors": errors, "lints": [] }))?;
            return Ok(FOUND);
        }
        Err((text, errors)) => {
            out::text(context, &format!("{}\n", pointed::draw(&errors, &path.display().to_string(), &text)))?;
            return Ok(FOUND);
        }
    };
    let data = if with_data { Some(Data::read(context)?) } else { None };
    let mut lints = Vec::new();
    for site in &definitions.sites {
        lints.extend(of_site(data.as_ref(), site)?);
    }
    if context.json {
        out::json(context, &json!({ "errors": [], "lints": lints }))?;
    } else if lints.is_empty() {
        out::text(context, "Nothing to remark.\n")?;
    } else {
        out::text(context, &lint_text::lints(&lints))?;
    }
    let is_wrong = lints.iter().any(|lint| lint.severity == Severity::Error);
    Ok(if is_wrong { FOUND } else { DONE })
}

/// Lints on a site of a file, with the use of its goals in the data if that is asked for.
fn of_site(data: Option<&Data>, definition: &SiteDefinition) -> Result<Vec<Lint>, CliError> {
    let Some(data) = data else { return Ok(lints::lint(definition, None)) };
    let site = data.site(&definition.name)?;
    let used = data.with_source(&site, definition, |source| {
        let over = Over::default().resolve(&definition.zone, source.all(), source.now)?;
        Ok(usage(source, &over)?)
    })?;
    Ok(lints::lint(definition, Some(&used)))
}

/// The site of that name, or all.
fn sites(data: &Data, name: Option<&str>) -> Result<Vec<Site>, CliError> {
    match name {
        Some(name) => Ok(vec![data.site(name)?]),
        None => data.wait(async |catalog| catalog.sites().await),
    }
}

fn list(context: &Context, name: Option<&str>) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let sites = sites(&data, name)?;
    if context.json {
        let definitions: Vec<&SiteDefinition> = sites.iter().map(|site| &site.definition).collect();
        return out::json(context, &definitions);
    }
    let mut text = String::new();
    for Site { definition, .. } in &sites {
        text.push_str(&format!("{}\n", styled(TITLE, &definition.name)));
        let goal = |goal: &waymark_model::Goal| {
            let role = if goal.headline { "headline" } else { goal.role.as_str() };
            [
                shown(&goal.name).to_string(),
                role.to_owned(),
                goal.counting.as_str().replace('_', " "),
                version(goal.version),
            ]
        };
        let funnel = |funnel: &waymark_model::FunnelDefinition| {
            let steps = (0..).zip(&funnel.steps).map(|(at, step)| shown(&step.label(at)).to_string());
            let steps = steps.collect::<Vec<_>>().join(" > ");
            [shown(&funnel.name).to_string(), "funnel".to_owned(), steps, version(funnel.version)]
        };
        let rows: Vec<Vec<String>> = definition
            .goals
            .iter()
            .map(goal)
            .chain(definition.funnels.iter().map(funnel))
            .map(Vec::from)
            .collect();
        text.push_str(&table(&[], &[Align::Left; 4], &rows));
    }
    out::text(context, &text)
}

fn version(version: u32) -> String {
    styled(MUTED, format!("version {version}"))
}

fn show_history(context: &Context, name: Option<&str>) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let (mut entries, mut rows) = (Vec::new(), Vec::new());
    for site in sites(&data, name)? {
        let zone = site.definition.zone.clone();
        for entry in data.wait(async |catalog| catalog.history(&site).await)? {
            rows.push(history_row(&zone, &entry));
            entries.push(entry);
        }
    }
    if context.json {
        let with_author = |entry: &ChangeEntry| {
            let mut json = change_json(&entry.change);
            json["at"] = entry.author.at.into();
            json["by"] = entry.author.name.as_str().into();
            json
        };
        return out::json(context, &entries.iter().map(with_author).collect::<Vec<_>>());
    }
    out::text(context, &table(&[], &[], &rows))
}

fn history_row(zone: &Zone, entry: &ChangeEntry) -> Vec<String> {
    let by = shown(&entry.author.name).to_string();
    vec![zone.date(entry.author.at).to_string(), entry.change.site.clone(), change_text(&entry.change), by]
}

fn change_text(change: &Change) -> String {
    let version = change.version.map_or(String::new(), |version| format!(" (version {version})"));
    format!("{} {} {}{version}", change.subject.as_str(), shown(&change.name), change.action.as_str())
}

fn change_json(change: &Change) -> serde_json::Value {
    #[derive(Serialize)]
    struct Changed<'a> {
        site: &'a str,
        subject: &'a str,
        name: &'a str,
        action: &'a str,
        version: Option<u32>,
    }
    json!(Changed {
        site: &change.site,
        subject: change.subject.as_str(),
        name: &change.name,
        action: change.action.as_str(),
        version: change.version,
    })
}

fn export(context: &Context, name: Option<&str>) -> Result<(), CliError> {
    let data = Data::read(context)?;
    let sites = sites(&data, name)?.into_iter().map(|site| site.definition).collect();
    let definitions = Definitions { sites };
    if context.json { out::json(context, &definitions) } else { out::text(context, &definitions.to_toml()) }
}
