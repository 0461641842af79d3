//! `waymark doctor`: examines the data folder, changing nothing.

use std::sync::Arc;

use serde_json::json;
use waymark_collect::names::decisions;
use waymark_store::{
    Access, Clock as _, DamagedPart, Store, StoreConfig, StoreError, SystemClock,
    catalog::{BlockingCatalog, CatalogError, Site},
    doctor::{Report, Severity, examine},
    salts::Salts,
    vfs::{RealVfs, Vfs},
};

use super::{Context, DONE, FOUND, data::Data, failure::CliError, out};
use crate::{
    arrivals::{Known, arrivals},
    salts::salt_damage,
    serve::catalog_damaged,
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
    /// Say that you know what was lost, and what of the catalog is damaged: answers, health and the doctor stop to say it.
    #[arg(long, conflicts_with = "site")]
    accept: bool,
}

/// Ends with 1 when something worse than a note was found.
pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    if let Some(site) = &args.site {
        return of_site(context, site);
    }
    if args.accept {
        accept(context)?;
    }
    let (report, store, mut found) = match &context.from {
        // The server has the folder open: it is examined between two changes.
        Some(from) => (from.app.store.doctor(), Some(from.app.store.clone()), Vec::new()),
        None => of_folder(context)?,
    };
    found.extend(of_catalog(context, store.as_ref()));
    found.extend(of_jobs(context));
    let is_sound = report.is_sound() && found.is_empty();
    let findings = report.findings.iter().map(|finding| (finding.severity(), finding.to_string()));
    // The catalog's damage is among what the open store knows, too.
    let mut found: Vec<Found> = findings.chain(found).collect();
    found.dedup_by(|a, b| a.1 == b.1);
    print(context, &report, &found, is_sound)?;
    Ok(if is_sound { DONE } else { FOUND })
}

/// What arrives of a site.
fn of_site(context: &Context, name: &str) -> Result<u8, CliError> {
    let data = Data::read(context)?;
    let site = data.site(name)?;
    let counters = data.store.counters(&site.id);
    let decisions = decisions(data.wait(async |catalog| catalog.name_decisions(&site).await)?);
    let known = Known { counters, decisions };
    let found = data
        .with_source(&site, &site.definition, |source| Ok((arrivals(source, known.clone())?, source.now)));
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

/// Strikes off what was lost and what of the catalog is damaged.
fn accept(context: &Context) -> Result<(), CliError> {
    let data = Data::write(context, "doctor")?;
    let losses = data.store.accept_losses()?;
    let catalog = data.wait(async |catalog| catalog.accept_damage().await)?;
    data.store.forget_damage(DamagedPart::Catalog);
    if losses > 0 || catalog {
        context.out.say("Taken note of: answers do not say it any more.\n");
    }
    Ok(())
}

/// What of the server's work in the background has failed.
fn of_jobs(context: &Context) -> Vec<Found> {
    let failures = context.from.as_ref().map(|from| from.app.jobs.failures()).unwrap_or_default();
    failures.into_iter().map(|failure| (Severity::Warning, failure.to_string())).collect()
}

/// What is found in a folder that nobody has open, and its store, or why it cannot be opened.
fn of_folder(context: &Context) -> Result<(Report, Option<Store>, Vec<Found>), CliError> {
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
    Ok(match opened {
        Ok(store) => (report, Some(store), Vec::new()),
        Err(error) => (report, None, vec![(Severity::Error, error.to_string())]),
    })
}

/// What is wrong with the catalog, and with the salts of its sites.
fn of_catalog(context: &Context, store: Option<&Store>) -> Vec<Found> {
    let sites = store.map(Store::sites).unwrap_or_default();
    let catalog = match &context.from {
        Some(from) => Ok(BlockingCatalog::within(from.app.catalog.clone(), from.runtime.clone())),
        None => BlockingCatalog::open_for(&context.data, Access::Read, &sites),
    };
    let checked = catalog.and_then(|catalog| {
        let damage = catalog.wait(async |catalog| catalog.check().await)?;
        let mut found: Vec<Found> =
            damage.iter().map(|what| (Severity::Error, catalog_damaged(what).message)).collect();
        let known = catalog.wait(async |catalog| catalog.sites().await)?;
        for lost in sites.iter().filter(|site| known.iter().all(|known| known.id != **site)) {
            let what = format!("it does not know the site {lost}, of which the folder holds events");
            found.push((Severity::Error, catalog_damaged(&what).message));
        }
        if let (None, Some(store)) = (&context.from, store) {
            found.extend(of_salts(context, store, &known));
        }
        Ok::<_, CatalogError>(found)
    });
    checked.unwrap_or_else(|error| vec![(Severity::Error, error.to_string())])
}

/// What is wrong with today's salts.
fn of_salts(context: &Context, store: &Store, sites: &[Site]) -> Vec<Found> {
    let (salts, now) = (Salts::new(Arc::new(RealVfs), &context.data), SystemClock.now());
    let damage = sites.iter().filter_map(|site| salt_damage(store, &salts, site, now));
    damage.map(|damaged| (Severity::Warning, damaged.message)).collect()
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
