//! Any order: the longest prefix of the steps that different events fill, inside one window.

use super::{chain::Unit, steps::Steps};

/// How far a unit got, and whether it may still get further when the range ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Depth {
    pub(crate) depth: usize,
    pub(crate) open: bool,
}

/// The depth of a unit whose steps may come in any order.
pub(crate) fn depth(unit: &Unit<'_>) -> Depth {
    let journey = unit.journey;
    let masks: Vec<(usize, u16)> =
        unit.rows.iter().map(|&row| (row, mask(unit, row))).filter(|&(_, mask)| mask != 0).collect();
    let mut depth = 0;
    let mut window = Window::default();
    let mut start = 0;
    for (position, &(row, mask)) in masks.iter().enumerate() {
        if unit.pass.stops_at(position) {
            break;
        }
        let is_of_use = window.add(mask, unit.steps.len());
        while !together(unit.steps, journey.times[masks[start].0], journey.times[row])
            || (unit.steps.in_session && journey.sessions[masks[start].0] != journey.sessions[row])
        {
            window.remove(masks[start].1);
            start += 1;
        }
        while is_of_use && depth < unit.steps.len() && window.can_fill(depth + 1) {
            depth += 1;
        }
    }
    let bounded = unit.steps.window.is_some() || unit.steps.in_session;
    let near = |&(row, _): &(usize, u16)| {
        together(unit.steps, journey.times[row], unit.steps.end)
            && (!unit.steps.in_session || unit.session_is_open(row))
    };
    Depth { depth, open: depth < unit.steps.len() && bounded && masks.iter().any(near) }
}

fn mask(unit: &Unit<'_>, row: usize) -> u16 {
    (0..unit.steps.len()).filter(|&step| unit.fills(row, step)).fold(0, |mask, step| mask | 1 << step)
}

fn together(steps: &Steps, first: i64, last: i64) -> bool {
    steps.window.is_none_or(|window| last - first <= window)
}

/// The events of a window, counted by the set of steps that they fill.
#[derive(Debug, Default)]
struct Window(Vec<(u16, usize)>);

impl Window {
    /// Adds an event; says whether it may fill a step that the others cannot: of one kind no more than `steps` can.
    fn add(&mut self, mask: u16, steps: usize) -> bool {
        match self.0.iter_mut().find(|(known, _)| *known == mask) {
            Some((_, count)) => {
                *count += 1;
                *count <= steps
            }
            None => {
                self.0.push((mask, 1));
                true
            }
        }
    }

    fn remove(&mut self, mask: u16) {
        if let Some((_, count)) = self.0.iter_mut().find(|(known, _)| *known == mask) {
            *count -= 1;
        }
    }

    /// Whether different events can fill the first `steps` steps: a matching of steps and events, grown by augmenting
    /// paths (Kuhn 1955). Of each kind of event no more than `steps` can be of use.
    fn can_fill(&self, steps: usize) -> bool {
        let of_use = |&(mask, count): &(u16, usize)| std::iter::repeat_n(mask, count.min(steps));
        let events: Vec<u16> = self.0.iter().flat_map(of_use).collect();
        let mut taken_by: Vec<Option<usize>> = vec![None; events.len()];
        (0..steps).all(|step| augment(step, &events, &mut taken_by, &mut vec![false; events.len()]))
    }
}

fn augment(step: usize, events: &[u16], taken_by: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for event in 0..events.len() {
        if events[event] & (1 << step) == 0 || tried[event] {
            continue;
        }
        tried[event] = true;
        if taken_by[event].is_none_or(|other| augment(other, events, taken_by, tried)) {
            taken_by[event] = Some(step);
            return true;
        }
    }
    false
}
