//! `waymark import`: a file's rows become a site's events.

use std::path::PathBuf;

use jiff::civil::Date;
use serde::Serialize;
use waymark_collect::import::{
    ColumnMap, Format, ImportError, ImportReport, ImportRequest, NoticeCount, Progress, Pseudonyms,
    RejectsFile, RunError, SignOf, Source, Taken, TimeForm, run as read_rows,
};
use waymark_model::{Event, Identity, SiteDefinition, Zone, normal::TimeUnit};
use waymark_store::{
    Clock as _, Fate, ImportSummary, SystemClock,
    catalog::{IdentifierKind, Secret, Site},
};

use super::{Context, data::Data, failure::CliError, memory, out, progress};
use crate::text::{
    numbers::{count, counted},
    style::{MUTED, WARNING, shown, styled},
};

/// A file to import.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// The site.
    #[arg(long)]
    site: String,
    /// What the file is written in; told from the file unless given.
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Which column fills which field: `visitor=visitorid,time=timestamp,name=event,prop.item=itemid`. A text in single
    /// quotes is the same for every event: `name='purchase'`. Parts of nested columns are named by path:
    /// `user=account.id`. Columns that have a field's name fill it unless given.
    #[arg(long, value_name = "FIELD=COLUMN,…", default_value = "")]
    map: String,
    /// The unit of times that are numbers: `s`, `ms`, `us` or `ns`; found out unless given.
    #[arg(long, value_name = "UNIT")]
    time_unit: Option<TimeUnit>,
    /// The time zone of times that have none, such as `UTC` or `Europe/Berlin`; the site's unless given.
    #[arg(long, value_name = "ZONE", value_parser = zone)]
    zone: Option<Zone>,
    /// What separates decimals in amounts: `point` (1,299.00) or `comma` (1.299,00); found out unless given.
    #[arg(long, value_name = "SIGN")]
    decimal: Option<SignOf>,
    /// The currency of values that do not say theirs.
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,
    /// Import the file even if it was imported before.
    #[arg(long)]
    again: bool,
    /// The file: CSV, NDJSON or Parquet, also packed with gzip or zstd.
    file: PathBuf,
}

fn zone(text: &str) -> Result<Zone, String> {
    Zone::parse(text).map_err(|error| error.to_string())
}

fn format(text: &str) -> Result<Format, String> {
    match text {
        "csv" => Ok(Format::Csv),
        "ndjson" => Ok(Format::Ndjson),
        "parquet" => Ok(Format::Parquet),
        _ => Err("use `csv`, `ndjson` or `parquet`".to_owned()),
    }
}

/// What came of an import, for programs.
#[derive(Default, Serialize)]
struct Outcome<'a> {
    site: &'a str,
    /// The same file was imported before; nothing was added.
    already_imported: bool,
    /// Events added.
    added: u64,
    /// Events that the site had already, by their identifiers.
    duplicates: u64,
    /// What happened before this date is older than the site keeps it, and will be removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    removed_before: Option<String>,
    /// Why the files it wrote are not merged yet, if that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_merged: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a ImportReport>,
}

pub(super) fn run(context: &Context, args: &ImportArgs) -> Result<(), CliError> {
    memory::give_back_early();
    let map = ColumnMap::parse(&args.map).map_err(ImportError::from)?;
    let source = Source::open(&context.path(&args.file), args.format)?;
    let data = Data::write(context, &format!("import into {}", args.site))?;
    let site = data.site(&args.site)?;
    let fingerprint = source.fingerprint()?;
    if let Some(before) = data.store.already_imported(&site.id, &fingerprint).filter(|_| !args.again) {
        let date = site.definition.zone.date(before.time);
        if context.json {
            let outcome = Outcome { site: site.id.as_str(), already_imported: true, ..Outcome::default() };
            return out::json(context, &outcome);
        }
        let rows = counted(before.rows, "event");
        return out::text(
            context,
            &format!(
                "This file was imported on {date} ({rows}): nothing was added. Use `--again` to add its rows once more.\n"
            ),
        );
    }
    let (report, done) = import(&data, &site, args, &map, &source, &fingerprint)?;
    let removed_before = removed_before(&report, &site);
    if context.json {
        let added = report.counts.imported;
        let outcome = Outcome {
            site: site.id.as_str(),
            already_imported: false,
            added,
            duplicates: report.counts.duplicates,
            removed_before: removed_before.map(|date| date.to_string()),
            not_merged: done.not_merged.as_deref(),
            report: Some(&report),
        };
        return out::json(context, &outcome);
    }
    let text = summary(&report, &site, args) + &too_old(removed_before, &site) + &not_merged(&done);
    out::text(context, &text)
}

/// The date before which what was imported is removed, if some of it is so old.
fn removed_before(report: &ImportReport, site: &Site) -> Option<Date> {
    let SiteDefinition { retention, zone, .. } = &site.definition;
    let since = retention.since(Identity::Imported, SystemClock.now(), zone)?;
    report.counts.span.filter(|(first, _)| *first < since).map(|_| zone.date(since))
}

/// Says what is removed, and when.
fn too_old(before: Option<Date>, site: &Site) -> String {
    let Some(before) = before else { return String::new() };
    format!(
        "  {} what happened before {before} is older than the site keeps it ({}): the server removes it within a day, and \
         `waymark maintain` when it is run. To keep it, set `retention = \"forever\"` for the site in waymark.toml before.\n",
        styled(WARNING, "old:"),
        site.definition.retention,
    )
}

fn import(
    data: &Data,
    site: &Site,
    args: &ImportArgs,
    map: &ColumnMap,
    source: &Source,
    fingerprint: &str,
) -> Result<(ImportReport, ImportSummary), CliError> {
    let request = ImportRequest {
        source,
        map,
        time_unit: args.time_unit,
        zone: args.zone.as_ref().unwrap_or(&site.definition.zone),
        decimal: args.decimal,
        query_params: &site.definition.collect.query_params,
        currency: args.currency.as_deref(),
        pseudonyms: &OfSite(&site.secret),
    };
    let mut import = data.store.importer(site.id.clone())?;
    let bar = progress::counter("importing", source.length(), data.shows_progress);
    let take = |event: &Event| {
        import.push(event).map(|outcome| match outcome {
            waymark_store::AppendOutcome::Stored => Taken::New,
            waymark_store::AppendOutcome::Duplicate => Taken::Known,
        })
    };
    let read = read_rows(request, take, |at: Progress| bar.at(at.bytes));
    bar.clear();
    let mut report = read.map_err(|error| match error {
        RunError::Import(error) => CliError::Import(error),
        RunError::Sink(error) => CliError::Store(error),
    })?;
    let done = import.finish(fingerprint)?;
    report.counts = report.counts.with_duplicates(done.duplicates);
    for (reason, rejected) in &report.counts.reasons {
        data.store.count(&site.id, Fate::Rejected(reason), rejected.rows);
    }
    Ok((report, done))
}

/// Pseudonyms under a site's secret.
struct OfSite<'a>(&'a Secret);

impl Pseudonyms for OfSite<'_> {
    fn visitor(&self, text: &str) -> u64 {
        self.0.pseudonym(IdentifierKind::Visitor, text)
    }

    fn user(&self, text: &str) -> u64 {
        self.0.pseudonym(IdentifierKind::User, text)
    }

    fn key(&self, text: &str) -> u64 {
        self.0.pseudonym(IdentifierKind::Order, text)
    }

    fn event_id(&self, text: &str) -> u128 {
        self.0.event_number(text)
    }
}

/// What came of it, in numbers that add up.
fn summary(report: &ImportReport, site: &Site, args: &ImportArgs) -> String {
    let (counts, zone) = (&report.counts, &site.definition.zone);
    let mut text =
        format!("Imported {} from {}.\n", counted(counts.imported, "event"), report.path.display());
    text.push_str(&format!("  {}\n  {}{}\n", sum(report), report.times, local_times(report, args)));
    if let Some((first, last)) = counts.span {
        text.push_str(&format!(
            "  events from {} to {} ({})\n",
            zone.date(first),
            zone.date(last),
            zone.name()
        ));
    }
    let mut names: Vec<(&String, &u64)> = counts.names.iter().collect();
    names.sort_by_key(|(name, events)| (std::cmp::Reverse(**events), *name));
    let listed = names.iter().take(8).map(|(name, events)| format!("{} {}", shown(name), count(**events)));
    text.push_str(&format!("  {}\n", styled(MUTED, listed.collect::<Vec<_>>().join(" · "))));
    if !report.unused.is_empty() {
        let unused: Vec<String> = report.unused.iter().map(|column| shown(column).to_string()).collect();
        text.push_str(&format!("  {}\n", styled(MUTED, format!("columns not used: {}", unused.join(", ")))));
    }
    text.push_str(&notices(report));
    text.push_str(&rejects(report));
    text
}

/// What became of the rows.
fn sum(report: &ImportReport) -> String {
    let counts = &report.counts;
    let optional = [
        (counts.duplicates, "already there, by their event_id"),
        (counts.line_items, "further items of the order before them"),
    ];
    let parts = [(counts.imported, "imported")]
        .into_iter()
        .chain(optional.into_iter().filter(|(rows, _)| *rows > 0))
        .chain([(counts.rejected, "rejected"), (counts.blank, "blank")]);
    let parts: Vec<String> = parts.map(|(rows, what)| format!("{} {what}", count(rows))).collect();
    format!("{} read = {}", counted(counts.rows, "row"), parts.join(" + "))
}

/// Says whose local time was assumed, where nobody said so.
fn local_times(report: &ImportReport, args: &ImportArgs) -> String {
    if report.times.form != TimeForm::Dates || report.counts.local_times == 0 || args.zone.is_some() {
        return String::new();
    }
    let times = counted(report.counts.local_times, "time");
    format!(", the site's zone ({times}): if the file was exported in UTC, it needs `--zone UTC`")
}

/// What else there is to say about rows that were taken.
fn notices(report: &ImportReport) -> String {
    let line = |(found, sentence): (&NoticeCount, String)| {
        let first = if found.text.is_empty() { String::new() } else { format!(": `{}`", shown(&found.text)) };
        format!("  {} {sentence}; the first in line {}{first}\n", styled(WARNING, "note:"), count(found.line))
    };
    report.counts.notices.sentences(&report.times.zone, counted).map(line).collect()
}

/// Why the files that an import wrote are not merged yet, and what to do; nothing if they are.
pub(super) fn not_merged(done: &ImportSummary) -> String {
    let Some(reason) = &done.not_merged else { return String::new() };
    let warning = styled(WARNING, "not merged:");
    format!(
        "  {warning} {reason}\n  All events are there and nothing is lost, only queries are slower. When that is mended, run \
         `waymark maintain`, or let the server do it.\n"
    )
}

fn rejects(report: &ImportReport) -> String {
    let reasons = report.counts.reasons.values();
    let mut text: String = reasons
        .map(|found| {
            let (warning, rows) = (styled(WARNING, "rejected:"), counted(found.rows, "row"));
            format!("  {warning} {rows}, the first in line {}: {}\n", count(found.line), shown(&found.reason))
        })
        .collect();
    match &report.rejects {
        RejectsFile::None => {}
        RejectsFile::Written(path) => text.push_str(&format!("  rejected rows are in {}\n", path.display())),
        RejectsFile::NotWritten { path, reason } => {
            text.push_str(&format!("  rejected rows could not be written to {}: {reason}\n", path.display()));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_that_could_not_be_merged_says_why_and_what_to_do() {
        let mut done = ImportSummary { rows: 1, duplicates: 0, segments: 2, bytes: 3, not_merged: None };
        assert_eq!(not_merged(&done), "");
        done.not_merged = Some("the disk is full".to_owned());
        let said = anstream::adapter::strip_str(&not_merged(&done)).to_string();
        for part in ["not merged: the disk is full", "nothing is lost", "`waymark maintain`"] {
            assert!(said.contains(part), "{part} is not in {said}");
        }
        let not_merged = done.not_merged.as_deref();
        let outcome = Outcome { site: "shop", added: 1, not_merged, ..Outcome::default() };
        let json = serde_json::to_value(&outcome).unwrap();
        assert_eq!(json["not_merged"], "the disk is full");
    }
}
