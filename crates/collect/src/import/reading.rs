//! The reading thread: finds out how times and amounts are written, reads all rows, counts them, and judges at the end
//! whether the file can be believed.

use super::{
    Batch, ImportRequest, Pipe,
    amount::AmountReader,
    builder::{Builder, Refusal},
    error::ImportError,
    field::Field,
    record::Record,
    reject::Reject,
    rejects::Rejects,
    report::{Counts, ImportReport, RejectsFile, TimesRead},
    rows::{self, Rows, Step},
    times::{Sample, TimeReader},
};

/// Times looked at to find their form.
const SAMPLE: usize = 1000;
/// Rows of a batch.
const BATCH: u64 = 1024;
/// When this many rows, and none else, were rejected first, the rest is not tried.
const HOPELESS: u64 = 10_000;
/// Fewer rows that are not UTF-8 than this are single rows, unless the file has few others.
const SINGLE: u64 = 10;

/// Reads the file into the pipe.
pub(super) fn read(request: ImportRequest<'_>, pipe: &Pipe) -> Result<ImportReport, ImportError> {
    if let Some(currency) = request.currency.filter(|code| !waymark_model::money::is_currency(code)) {
        return Err(ImportError::Currency(currency.to_owned()));
    }
    let readers = find_forms(request)?;
    let rows = rows::open(request.source, request.map)?;
    let ImportRequest { pseudonyms, currency, query_params, source, .. } = request;
    let builder = Builder::new(rows.layout(), readers, pseudonyms, currency, query_params);
    let rejects = Rejects::beside(source.path());
    let mut reading =
        Reading { rows, builder, rejects, record: Record::default(), counts: Counts::default() };
    reading.read_all(pipe)?;
    reading.finish(request)
}

/// Finds how times and amounts are written, from the first rows that have a time; from more of them while the amounts met
/// can be read in two ways.
fn find_forms(request: ImportRequest<'_>) -> Result<(TimeReader, AmountReader), ImportError> {
    let mut rows = rows::open(request.source, request.map)?;
    let column = |field| rows.layout().column(field).unwrap_or(usize::MAX);
    let (time, value) = (column(&Field::Time), column(&Field::Value));
    let (mut record, mut samples) = (Record::default(), Vec::new());
    let mut amounts = AmountReader::new(request.decimal);
    while samples.len() < SAMPLE || amounts.is_open() {
        match rows.next(&mut record)? {
            Step::End => break,
            Step::Row if !record.has_nul() => {
                let (at, amount) = (record.cell(time).trim(), record.cell(value).trim());
                amounts.look(amount, record.kind(value), record.line);
                if !at.is_empty() && samples.len() < SAMPLE {
                    samples.push(Sample { line: record.line, text: at.to_owned() });
                }
            }
            Step::Row | Step::Blank | Step::Rejected(_) => {}
        }
    }
    Ok((TimeReader::detect(&samples, request.time_unit, request.zone)?, amounts))
}

struct Reading<'a> {
    rows: Box<dyn Rows>,
    builder: Builder<'a>,
    rejects: Rejects,
    record: Record,
    counts: Counts,
}

impl Reading<'_> {
    fn read_all(&mut self, pipe: &Pipe) -> Result<(), ImportError> {
        let mut batch = Batch::default();
        while self.read_row(&mut batch)? {
            batch.rows += 1;
            if batch.rows == BATCH {
                let Some(next) = pipe.exchange(batch) else { return Ok(()) };
                batch = next;
            }
            if self.counts.rejected == HOPELESS && self.counts.imported == 0 {
                break;
            }
        }
        pipe.exchange(batch);
        Ok(())
    }

    /// Reads a row into the batch; false at the end.
    fn read_row(&mut self, batch: &mut Batch) -> Result<bool, ImportError> {
        if batch.events.len() == batch.used {
            batch.events.push(Default::default());
        }
        let event = &mut batch.events[batch.used];
        match self.rows.next(&mut self.record)? {
            Step::End => return Ok(false),
            Step::Blank => self.counts.count_blank(),
            Step::Rejected(reject) => self.reject(&reject),
            Step::Row => match self.builder.build(&self.record, event, &mut self.counts) {
                Ok(()) => {
                    self.counts.count_event(event);
                    self.counts.beyond_ascii += u64::from(!self.record.is_ascii());
                    batch.used += 1;
                }
                Err(Refusal::Row(reject)) => self.reject(&reject),
                Err(Refusal::LineItem) => self.counts.count_line_item(),
                Err(Refusal::File(error)) => return Err(error),
            },
        }
        Ok(true)
    }

    fn reject(&mut self, reject: &Reject) {
        self.counts.count_reject(self.record.line, reject);
        self.rejects.write(self.record.line, reject, &self.rows.excerpt(&self.record));
    }

    fn finish(self, request: ImportRequest<'_>) -> Result<ImportReport, ImportError> {
        let Self { rows, builder, rejects, counts, .. } = self;
        let rejects = match rejects.finish() {
            Ok(file) => file.map_or(RejectsFile::None, RejectsFile::Written),
            Err((path, error)) => RejectsFile::NotWritten { path, reason: error.to_string() },
        };
        let source = request.source;
        if counts.tried() > 0 {
            rows.finish()?;
        }
        judge(request, &counts, &rejects)?;
        let layout = rows.layout();
        Ok(ImportReport {
            path: source.path().to_owned(),
            format: source.format(),
            compression: source.compression(),
            delimiter: rows.delimiter(),
            map: layout.text(),
            unused: layout.unused(),
            times: TimesRead {
                form: builder.times.form(),
                given: builder.times.is_given(),
                zone: request.zone.name().to_owned(),
            },
            decimal: builder.amounts.decimal(),
            counts,
            rejects,
        })
    }
}

/// Whether the rows that could be read can stand for the file.
fn judge(request: ImportRequest<'_>, counts: &Counts, rejects: &RejectsFile) -> Result<(), ImportError> {
    let path = || request.source.path().to_owned();
    if counts.tried() == 0 {
        return Err(ImportError::NoRows { path: path() });
    }
    if let Some(bad) = counts.reasons.get("not_utf8") {
        // A row that is not UTF-8 may be a single mistake; when most rows that could show it are not, the file is.
        let many = bad.rows >= SINGLE || bad.rows * 2 > counts.tried();
        if many && bad.rows > counts.beyond_ascii {
            return Err(ImportError::NotUtf8 { path: path(), rows: bad.rows, line: bad.line });
        }
    }
    match counts.first_reject() {
        Some(first) if counts.rejected * 2 > counts.tried() => Err(ImportError::MostRejected {
            rows: counts.tried(),
            rejected: counts.rejected,
            line: first.line,
            reason: first.reason.clone(),
            rejects: if let RejectsFile::Written(path) = rejects { Some(path.clone()) } else { None },
        }),
        _ => Ok(()),
    }
}
