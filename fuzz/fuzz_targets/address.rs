//! Addresses of pages and of pages before, for a site without hosts and for one with a host.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collect::enrich::{Page, Referrer};

fuzz_target!(|text: &str| {
    let hosts = ["shop.example".to_owned()];
    let _ = (Page::read(text, &[], &[], false), Page::read(text, &[], &hosts, true), Referrer::read(text));
});
