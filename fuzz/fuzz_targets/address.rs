//! Addresses of pages and of pages before.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_server::collect::enrich::{Page, Referrer};

fuzz_target!(|text: &str| {
    let _ = (Page::read(text, &[]), Referrer::read(text));
});
