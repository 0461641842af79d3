//! A public two-arm retention test: its counts always, the file itself when it is there.

use std::path::PathBuf;

use waymark_stats::{BinaryRate, Confidence, LiftRegion, Proportion, lift_of_rates, newcombe_difference};

/// Players and players back after 1 and 7 days, per arm (gate at level 30, gate at level 40).
const CONTROL: [u64; 3] = [44_700, 20_034, 8_502];
const VARIANT: [u64; 3] = [45_489, 20_119, 8_279];

/// Seven-day retention: Newcombe's interval excludes zero, and the relative lift agrees.
#[test]
fn seven_day_retention() {
    let c = Confidence::default();
    let control = Proportion::new(CONTROL[2], CONTROL[0]).unwrap();
    let variant = Proportion::new(VARIANT[2], VARIANT[0]).unwrap();
    let difference = newcombe_difference(&control, &variant, c).unwrap();
    assert!((difference.low() + 0.01328194).abs() < 5e-9, "{difference:?}");
    assert!((difference.high() + 0.00312130).abs() < 5e-9, "{difference:?}");
    let lift = lift_of_rates(&control, &variant, c).unwrap();
    assert!(matches!(lift.region, LiftRegion::Bounded(region) if region.high() < 0.0), "{lift:?}");
    assert!((lift.p_value.unwrap() - 0.00155).abs() < 2e-5, "{lift:?}");
}

/// One-day retention: the difference is not settled, on either scale.
#[test]
fn one_day_retention() {
    let c = Confidence::default();
    let control = Proportion::new(CONTROL[1], CONTROL[0]).unwrap();
    let variant = Proportion::new(VARIANT[1], VARIANT[0]).unwrap();
    assert!(newcombe_difference(&control, &variant, c).unwrap().contains(0.0));
    let lift = lift_of_rates(&control, &variant, c).unwrap();
    assert!(lift.region.contains(0.0) && (lift.p_value.unwrap() - 0.0744).abs() < 2e-4, "{lift:?}");
    assert!(variant.rate() < control.rate());
}

#[test]
fn counts_are_those_of_the_file() {
    let Some(text) = read("cookie_cats.csv") else { return };
    let mut counts = [[0u64; 3]; 2];
    for line in text.lines().skip(1) {
        let cell: Vec<&str> = line.split(',').collect();
        let arm = &mut counts[usize::from(cell[1] == "gate_40")];
        arm[0] += 1;
        arm[1] += u64::from(cell[3] == "TRUE");
        arm[2] += u64::from(cell[4] == "TRUE");
    }
    assert_eq!(counts, [CONTROL, VARIANT]);
}

fn read(name: &str) -> Option<String> {
    let workspace = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder =
        std::env::var_os("WAYMARK_TEST_DATA").map_or_else(|| workspace.join("../shared/data"), PathBuf::from);
    let path = folder.join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!(
            "skipped: {} is not there; set WAYMARK_TEST_DATA to the folder that holds it",
            path.display()
        );
    }
    text
}
