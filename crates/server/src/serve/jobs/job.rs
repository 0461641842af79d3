//! The jobs that run in the background: what each is called, what follows when it fails, and what to do then. Every task and
//! thread of the server is one of them.

use std::fmt;

/// Declares the jobs: each with its name in health and metrics, and what health says when it fails.
macro_rules! jobs {
    ($($(#[doc = $doc:literal])* $job:ident = $name:literal, $advice:literal;)*) => {
        /// Work in the background.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Job {
            $($(#[doc = $doc])* $job,)*
        }

        impl Job {
            /// Every job, in the order of the list.
            pub const ALL: &[Self] = &[$(Self::$job),*];

            /// Its name in health, metrics and the log.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$job => $name),* }
            }

            /// What follows when it fails, what Waymark does about it, and what you can do.
            #[must_use]
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$job => $advice),* }
            }
        }
    };
}

jobs! {
    /// Starts all jobs that run on a schedule.
    Schedule = "schedule",
        "No scheduled job runs until Waymark has started it again, which it tries every 5 seconds. Events are stored. If this lasts, restart Waymark and report the fault.";
    /// Moves events from memory into segments.
    Flush = "flush",
        "New events are safe in the log, but not in segments yet. Waymark tries again every second. Check the free disk space and the permissions of the data folder.";
    /// Merges small segments.
    Compaction = "compaction",
        "Small segments stay as they are, and questions may take longer. No event is lost. Waymark tries again every minute. Check the free disk space and run `waymark doctor`.";
    /// Prepares the columns of segments that are not ready to be read.
    ColumnCache = "column_cache",
        "Columns of some segments are not prepared, and questions may take longer. No event is lost. Waymark tries again every second. Check the free disk space and the permissions of the data folder.";
    /// Checks stored files for damage.
    Examination = "examination",
        "Stored files are not checked for damage. Waymark tries again every second. Run `waymark doctor`.";
    /// Starts a new check of all stored files once a day.
    DailyExamination = "daily_examination",
        "Files that were checked before are not checked again. Waymark tries again in a day. Run `waymark doctor`.";
    /// Rebuilds damaged event IDs from segments.
    Identifiers = "identifiers",
        "Damaged event IDs are not rebuilt. Events that carry an ID may be refused until then. Waymark tries again every second. Check the free disk space and run `waymark doctor`.";
    /// Deletes events that are older than a site keeps them.
    Retention = "retention",
        "Events that are older than a site keeps them are not deleted. Waymark tries again in a day. To try at once, run `waymark maintain`.";
    /// Deletes the events of people who asked for it.
    Erasure = "erasure",
        "A request to delete a visitor or user is not finished. Waymark tries again every minute. Check the free disk space and run `waymark doctor`.";
    /// Deletes the salts of past days.
    Salts = "salts",
        "Salts of past days are not deleted. Waymark tries again every minute. Check the permissions of the data folder.";
    /// Records which salts of today exist.
    SaltRecord = "salt_record",
        "If a salt of today were deleted by mistake, Waymark would not notice. Waymark tries again every minute. Check the permissions of the data folder.";
    /// Reads the catalog again and saves when keys were last used.
    Catalog = "catalog",
        "Changes by other programs are not noticed, and the last use of API keys is not saved. Waymark tries again every minute. Run `waymark doctor`.";
    /// Deletes sign-in sessions that have ended.
    SignIns = "sign_ins",
        "Sign-ins that have expired are not deleted. Nobody can use them. Waymark tries again every minute. Run `waymark doctor`.";
    /// Checks that the catalog's bytes are those that were written.
    CatalogSeal = "catalog_seal",
        "The catalog is not checked for damage. Waymark tries again every minute. Run `waymark doctor`.";
    /// Reads which event names the sites have.
    EventNames = "event_names",
        "A site may get more event names than its limit. Waymark tries again every minute. Run `waymark doctor`.";
    /// Answers those who read metrics.
    Metrics = "metrics",
        "Metrics cannot be read. Restart Waymark.";
    /// Takes commands over the socket in the data folder.
    CommandSocket = "command_socket",
        "Commands cannot reach the running server. Restart Waymark.";
    /// Runs one command on the running server.
    Commands = "commands",
        "A command ended without an answer. Check what it changed, then run it again.";
    /// Reads the TLS certificate again after SIGHUP.
    Certificate = "certificate",
        "The previous TLS certificate stays in use. Correct the files and send SIGHUP again (`systemctl reload waymark`).";
    /// Serves one connection.
    Connections = "connections",
        "A connection broke off. Events that were acknowledged are stored. Report the fault.";
    /// Answers one request.
    Requests = "requests",
        "A request was answered with status 500. Events that were acknowledged are stored. Report the fault.";
    /// Writes one export.
    Exports = "exports",
        "A download ended before its file was complete. Start it again.";
    /// Sends one email.
    Mail = "mail",
        "An email was not sent. Ask the person to try again, or give them a link (`waymark account reset`).";
    /// Marks repeated events in the live view.
    LiveView = "live_view",
        "The live view does not mark events that goals have counted before. Stored events and reports are not affected.";
}

impl fmt::Display for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
