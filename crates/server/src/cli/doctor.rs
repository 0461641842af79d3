//! `waymark doctor`: examines the data folder, changing nothing.

use std::sync::Arc;

use serde_json::json;
use waymark_store::{
    Access, Store, StoreConfig, StoreError, SystemClock,
    catalog::BlockingCatalog,
    doctor::{Report, Severity, examine},
    vfs::{RealVfs, Vfs},
};

use super::{Context, DONE, FOUND, data::Data, failure::CliError, out};
use crate::{
    analysis::arrivals::{Known, arrivals},
    collect::names::decisions,
    text::{
        self,
        numbers::{count, counted},
        style::{ERROR, MUTED, WARNING, shown, styled},
    },
};

/// Something that was found: how bad, and what.
type Found = (Severity, String);

/// What to examine.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Say instead whether events of this site arrive, and what became of those that do not. Ends with 1 if none was ever
    /// stored.
    #[arg(long)]
    site: Option<String>,
}

/// Ends with 1 when something worse than a note was found.
pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    if let Some(site) = &args.site {
        return of_site(context, site);
    }
    let (report, mut found) = match &context.from {
        // The server has the folder open: it is examined between two changes.
        Some(_) => (Data::read(context)?.store.doctor(), Vec::new()),
        None => of_folder(context)?,
    };
    found.extend(report.findings.iter().map(|finding| (finding.severity(), finding.to_string())));
    found.extend(of_catalog(context));
    let is_sound = found.iter().all(|(severity, _)| *severity == Severity::Note);
    print(context, &report, &found, is_sound)?;
    Ok(if is_sound { DONE } else { FOUND })
}

/// What arrives of a site.
fn of_site(context: &Context, name: &str) -> Result<u8, CliError> {
    let data = Data::read(context)?;
    let site = data.site(name)?;
    let (snapshot, counters) = (data.store.snapshot(&site.id), data.store.counters(&site.id));
    let decisions = decisions(data.wait(async |catalog| catalog.name_decisions(&site).await)?);
    let known = Known { counters, decisions };
    let found =
        data.with_source(&site.definition, &snapshot, |source| Ok((arrivals(source, known)?, source.now)));
    let (found, now) = found?;
    let unknown_site = data.store.unknown_site().rejected;
    if context.json {
        let mut found = serde_json::to_value(&found)?;
        found["refused_of_no_known_site"] = json!(unknown_site);
        out::json(context, &found)?;
    } else {
        out::text(context, &text::arrivals::arrivals(name, &found, &unknown_site, now))?;
    }
    Ok(if found.last.is_some() { DONE } else { FOUND })
}

/// What is found in a folder that nobody has open, and why it cannot be opened, if so.
fn of_folder(context: &Context) -> Result<(Report, Vec<Found>), CliError> {
    let config = StoreConfig { doing: "doctor".to_owned(), ..StoreConfig::default() };
    let opened =
        match Store::open(Arc::new(RealVfs), &context.data, Arc::new(SystemClock), config, Access::Read) {
            // No folder, or somebody writes to it: what is found meanwhile would mean nothing.
            Err(error @ StoreError::Folder(_)) => return Err(error.into()),
            opened => opened,
        };
    let report = match &opened {
        Ok(store) => store.doctor(),
        Err(_) => examine(&(Arc::new(RealVfs) as Arc<dyn Vfs>), &context.data),
    };
    Ok((report, opened.err().map(|error| (Severity::Error, error.to_string())).into_iter().collect()))
}

/// What is wrong with the catalog.
fn of_catalog(context: &Context) -> Vec<Found> {
    let catalog = match &context.from {
        Some(from) => Ok(BlockingCatalog::within(from.catalog.clone(), from.runtime.clone())),
        None => BlockingCatalog::open(&context.data, Access::Read),
    };
    let checked = catalog.and_then(|catalog| catalog.wait(async |catalog| catalog.check().await));
    match checked {
        Ok(damage) => damage
            .into_iter()
            .map(|what| (Severity::Error, format!("the catalog is damaged: {what}")))
            .collect(),
        Err(error) => vec![(Severity::Error, error.to_string())],
    }
}

fn print(context: &Context, report: &Report, found: &[Found], is_sound: bool) -> Result<(), CliError> {
    if context.json {
        let finding =
            |(severity, message): &Found| json!({ "severity": word(*severity), "message": message });
        return out::json(
            context,
            &json!({
                "sound": is_sound,
                "segments": report.segments,
                "events": report.rows,
                "log_events": report.log_events,
                "findings": found.iter().map(finding).collect::<Vec<_>>(),
            }),
        );
    }
    let mut text = format!(
        "Examined {} with {}, and {} in the log.\n",
        counted(report.segments as u64, "segment"),
        counted(report.rows, "event"),
        count(report.log_events)
    );
    for (severity, message) in found {
        let style = match severity {
            Severity::Note => MUTED,
            Severity::Warning => WARNING,
            Severity::Error => ERROR,
        };
        text.push_str(&format!("{} {}\n", styled(style, format!("{}:", word(*severity))), shown(message)));
    }
    if is_sound {
        text.push_str("Everything is as it was written.\n");
    }
    out::text(context, &text)
}

const fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}
