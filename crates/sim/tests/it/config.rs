//! What a configuration may ask for, and how many events it gets.

use waymark_sim::{ConfigError, FallingMicro, Micro, Plant, Segment, Shop, ShopConfig, Step, StepDrop};

#[test]
fn about_so_many_events() {
    for (events, days) in [(400_000, 7), (800_000, 30), (500_000, 90)] {
        let mut shop = Shop::new(ShopConfig::about(events, days)).unwrap();
        let mut found = 0;
        shop.for_each(|_| found += 1);
        let ratio = f64::from(found) / events as f64;
        assert!((ratio - 1.0).abs() < 0.05, "{events} over {days} days: {found}");
    }
}

#[test]
fn the_demo_has_its_plants_and_size() {
    let mut shop = Shop::new(ShopConfig::demo()).unwrap();
    shop.for_each(|_| {});
    assert!((300_000..1_000_000).contains(&shop.counted().events), "{}", shop.counted().events);
    assert_eq!(shop.truths().plants.len(), 4);
}

#[test]
fn contradictions_are_named() {
    let base = ShopConfig::about(1_000, 10);
    let drop = |from_day, factor, device: &str| {
        let segment = Some(Segment::Device(device.to_owned()));
        vec![Plant::StepDrop(StepDrop { from_day, step: Step::Details, segment, factor })]
    };
    let falling = Plant::FallingMicro(FallingMicro { from_day: 0, micro: Micro::Video, per_day: -0.1 });
    let far = |day| ShopConfig { start: jiff::civil::date(9999, 12, day), ..base.clone() };
    let early = ShopConfig { start: jiff::civil::date(-9999, 1, 15), ..base.clone() };
    let cases = [
        (ShopConfig { days: 0, ..base.clone() }, Some(ConfigError::Days(0))),
        (ShopConfig { days: 20_001, ..base.clone() }, Some(ConfigError::Days(20_001))),
        (far(30), Some(ConfigError::Days(10))),
        (far(21), Some(ConfigError::Days(10))),
        (far(1), None),
        (early, Some(ConfigError::Days(10))),
        (ShopConfig { visitors_per_day: -1.0, ..base.clone() }, Some(ConfigError::Visitors(-1.0))),
        (
            ShopConfig { plants: drop(10, 0.5, "mobile"), ..base.clone() },
            Some(ConfigError::PlantDay { plant: 0, day: 10, last: 9 }),
        ),
        (ShopConfig { plants: drop(9, 1.5, "mobile"), ..base.clone() }, Some(ConfigError::PlantValue(0))),
        (ShopConfig { plants: drop(9, 0.5, "fridge"), ..base.clone() }, Some(ConfigError::PlantValue(0))),
        (ShopConfig { plants: vec![falling], ..base.clone() }, Some(ConfigError::PlantValue(0))),
        (ShopConfig { plants: drop(9, 0.5, "mobile"), ..base.clone() }, None),
        (ShopConfig { visitors_per_day: 0.0, ..base.clone() }, None),
    ];
    for (config, expected) in cases {
        assert_eq!(Shop::new(config.clone()).err(), expected, "{config:?}");
    }
}
