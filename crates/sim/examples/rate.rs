//! Prints how fast the simulator runs and what it emits: `rate [EVENTS [DAYS]]`, or `rate demo`.

use std::{io::Write, time::Instant};

use waymark_sim::{ConfigError, Shop, ShopConfig};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let config = match arguments.next() {
        Some(word) if word == "demo" => ShopConfig::demo(),
        Some(events) => ShopConfig::about(events.parse()?, arguments.next().map_or(Ok(30), |d| d.parse())?),
        None => ShopConfig::bench(10_000_000),
    };
    run(config)?;
    Ok(())
}

fn run(config: ShopConfig) -> Result<(), ConfigError> {
    let mut out = std::io::stdout().lock();
    let mut shop = Shop::new(config)?;
    let begin = Instant::now();
    let (mut events, mut people, mut held) = (0_u64, 0, 0);
    while shop.next_event().is_some() {
        events += 1;
        if events.is_multiple_of(1 << 16) {
            people = people.max(shop.held().people);
            held = held.max(shop.held().events);
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    let counted = shop.counted();
    let lines = [
        format!("{events} events in {seconds:.2} s: {:.2} million/s", events as f64 / seconds / 1e6),
        format!("held at most: {people} people, {held} events"),
        format!("{counted:#?}"),
        format!("{:#?}", shop.truths()),
    ];
    // A closed pipe is no reason to complain.
    let _ = out.write_all(lines.join("\n").as_bytes());
    Ok(())
}
