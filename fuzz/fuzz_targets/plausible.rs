//! Bodies of the protocol `plausible`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waymark_collect::{json::text, protocol::plausible::decode};

fuzz_target!(|body: &[u8]| {
    let _ = decode(&text(body));
});
