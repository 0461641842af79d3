//! The folds on a simulated shop in memory: `cargo bench -p waymark-query`. `WAYMARK_BENCH_EVENTS` sets the size.

#![allow(clippy::expect_used, reason = "a benchmark may stop when it cannot be set up")]

use std::sync::LazyLock;

use divan::{Bencher, counter::ItemsCount};
use waymark_model::{
    Dimension, Funnel, Goal, Population, Role, Step, TextColumn, TimeRange, Touch, Unit, Zone,
    time::{DAY, SESSION_GAP},
};
use waymark_query::{BreakdownSpec, By, Cancel, Engine, FoldSpec, OverviewSpec, Scope};
use waymark_sim::{Shop, ShopConfig};
use waymark_store::columns::{Part, PartBuilder};

struct World {
    parts: Vec<Part>,
    scope: Scope,
    events: u64,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let events = std::env::var("WAYMARK_BENCH_EVENTS").ok().and_then(|text| text.parse().ok());
    let mut shop = Shop::new(ShopConfig::bench(events.unwrap_or(2_000_000))).expect("a valid shop");
    let mut builder = PartBuilder::default();
    let range = shop.range();
    shop.for_each(|event| builder.push(event));
    let events = builder.len() as u64;
    let parts = vec![builder.finish(1).expect("events")];
    let range = TimeRange { start: range.start - DAY, end: range.end + 3 * DAY };
    World {
        parts,
        scope: Scope { range, population: Population::default(), session_gap_ms: SESSION_GAP },
        events,
    }
});

fn main() {
    divan::main();
}

fn run(bencher: Bencher<'_, '_>, fold: FoldSpec) {
    let world = &*WORLD;
    let folds = [fold];
    bencher.counter(ItemsCount::new(world.events)).bench(|| {
        Engine::default().run(&world.parts, &world.scope, &folds, &Cancel::default()).expect("a valid query")
    });
}

fn goals() -> Vec<Goal> {
    let mut purchase = Goal::on_event("purchase", Role::Macro);
    purchase.counting = waymark_model::Counting::OncePerKey;
    purchase.value = Some(waymark_model::GoalValue::FromEvent);
    let milestones = ["view_item", "add_to_cart", "begin_checkout", "checkout_details"];
    let secondary = ["newsletter_signup", "account_created", "brochure_download"];
    std::iter::once(purchase)
        .chain(milestones.map(|name| Goal::on_event(name, Role::Milestone)))
        .chain(secondary.map(|name| Goal::on_event(name, Role::Secondary)))
        .collect()
}

#[divan::bench]
fn funnel_of_four_steps_in_a_day(bencher: Bencher<'_, '_>) {
    let steps = ["view_item", "add_to_cart", "begin_checkout", "purchase"].map(Step::event).to_vec();
    run(bencher, FoldSpec::Funnel(Funnel { window_ms: Some(DAY), ..Funnel::of(steps) }));
}

#[divan::bench]
fn overview_by_day(bencher: Bencher<'_, '_>) {
    let buckets = Zone::utc().days(WORLD.scope.range).into_iter().map(|day| day.range).collect();
    run(
        bencher,
        FoldSpec::Overview(OverviewSpec { goals: goals(), buckets, then: None, orders: Vec::new() }),
    );
}

#[divan::bench]
fn breakdown_by_source(bencher: Bencher<'_, '_>) {
    let dimension = Dimension::Column(TextColumn::Source);
    let by = By::Unit { unit: Unit::Session, touch: Touch::First };
    run(bencher, FoldSpec::Breakdown(BreakdownSpec { goals: goals(), dimension, by }));
}
