//! Medians, and how far figures lie apart.

/// Of some figures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    pub(crate) tenth: f64,
    pub(crate) median: f64,
    pub(crate) ninetieth: f64,
}

/// None of no figures.
pub(crate) fn spread(figures: &[f64]) -> Option<Spread> {
    let mut sorted = figures.to_vec();
    sorted.sort_by(f64::total_cmp);
    Some(Spread {
        tenth: at(&sorted, 10)?,
        median: at(&sorted, 50)?,
        ninetieth: at(&sorted, 90)?,
    })
}

/// The median.
pub(crate) fn median(figures: &[f64]) -> Option<f64> {
    spread(figures).map(|spread| spread.median)
}

/// How many times as much `over` is as `under`: the median of the ratios of each run. None, without two figures of a run.
pub(crate) fn ratio(over: &[f64], under: &[f64]) -> Option<f64> {
    let ratios: Vec<f64> = over.iter().zip(under).map(|(a, b)| a / b).collect();
    median(&ratios)
}

/// So many hundredths of the figures are not above this one. Between two, it is in proportion.
fn at(sorted: &[f64], percent: usize) -> Option<f64> {
    let steps = sorted.len().checked_sub(1)? * percent;
    let (low, rest) = (steps / 100, steps % 100);
    let below = sorted.get(low)?;
    let above = sorted.get(low + 1).unwrap_or(below);
    let part = f64::from(u8::try_from(rest).ok()?) / 100.0;
    Some(below + (above - below) * part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_and_its_tenths() {
        let figures: Vec<f64> = (0..=10).rev().map(f64::from).collect();
        let expected = Spread {
            tenth: 1.0,
            median: 5.0,
            ninetieth: 9.0,
        };
        assert_eq!(spread(&figures), Some(expected));
        assert_eq!(median(&[4.0, 1.0]), Some(2.5));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn ratios_are_of_the_same_run() {
        // The medians alone would say 2.
        assert_eq!(ratio(&[10.0, 2.0, 60.0], &[5.0, 1.0, 10.0]), Some(2.0));
        assert_eq!(ratio(&[8.0, 90.0, 9.0], &[1.0, 10.0, 9.0]), Some(8.0));
        assert_eq!(ratio(&[], &[1.0]), None);
    }
}
