//! What happens next, one choice after another: each way in turn, or at random, or as it was once.

use std::fmt;

/// The choices of one story. The usual choice is number 0: nothing goes wrong.
#[derive(Clone, Debug)]
pub struct Choices {
    made: Vec<Choice>,
    source: Source,
}

/// Which one, of how many.
#[derive(Clone, Copy, Debug)]
struct Choice {
    chosen: usize,
    of: usize,
}

#[derive(Clone, Debug)]
enum Source {
    /// These, then the usual ones.
    Path(Vec<usize>),
    Random(fastrand::Rng),
}

impl Choices {
    /// The usual ones.
    pub fn usual() -> Self {
        Self::path(Vec::new())
    }

    /// At random, from a seed.
    pub fn random(seed: u64) -> Self {
        Self {
            made: Vec::new(),
            source: Source::Random(fastrand::Rng::with_seed(seed)),
        }
    }

    /// Those that [`Display`](fmt::Display) has written.
    pub fn parse(text: &str) -> Option<Self> {
        let mut path = Vec::new();
        for word in text.split(',').filter(|word| !word.is_empty()) {
            let (at, chosen) = word.split_once(':')?;
            let at: usize = at.parse().ok()?;
            if at < path.len() || at > 100_000 {
                return None;
            }
            path.resize(at, 0);
            path.push(chosen.parse().ok()?);
        }
        Some(Self::path(path))
    }

    fn path(path: Vec<usize>) -> Self {
        Self {
            made: Vec::new(),
            source: Source::Path(path),
        }
    }

    /// A number below `of`. At random, each is as likely as another.
    pub(crate) fn choose(&mut self, of: usize) -> usize {
        self.pick(of, |rng| rng.usize(..of))
    }

    /// The same, but at random it is the usual one unless one draw in `odds` says otherwise.
    pub(crate) fn seldom(&mut self, of: usize, odds: usize) -> usize {
        self.pick(of, |rng| match rng.usize(..odds) {
            0 => rng.usize(..of),
            _ => 0,
        })
    }

    fn pick(&mut self, of: usize, draw: impl FnOnce(&mut fastrand::Rng) -> usize) -> usize {
        if of < 2 {
            return 0;
        }
        let chosen = match &mut self.source {
            Source::Path(path) => path.get(self.made.len()).copied().unwrap_or_default(),
            Source::Random(rng) => draw(rng),
        };
        // A path of another version of the code may not fit.
        let chosen = chosen.min(of - 1);
        self.made.push(Choice { chosen, of });
        chosen
    }

    /// The choices of the next story, after a story with these: the last choice that can be another one is. None after the last.
    pub fn next(mut self) -> Option<Self> {
        while let Some(last) = self.made.pop() {
            if last.chosen + 1 < last.of {
                let mut path: Vec<usize> = self.made.iter().map(|choice| choice.chosen).collect();
                path.push(last.chosen + 1);
                return Some(Self::path(path));
            }
        }
        None
    }
}

/// The unusual ones: place and number.
impl fmt::Display for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unusual = self.made.iter().enumerate();
        let unusual = unusual.filter(|(_, choice)| choice.chosen != 0);
        for (n, (at, choice)) in unusual.enumerate() {
            let comma = if n == 0 { "" } else { "," };
            write!(f, "{comma}{at}:{}", choice.chosen)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_way_in_turn_and_none_twice() {
        let (mut choices, mut seen) = (Choices::usual(), Vec::new());
        loop {
            let first = choices.choose(3);
            let second = if first == 1 { choices.choose(2) } else { 9 };
            seen.push((first, second));
            match choices.next() {
                Some(next) => choices = next,
                None => break,
            }
        }
        assert_eq!(seen, [(0, 9), (1, 0), (1, 1), (2, 9)]);
    }

    #[test]
    fn what_was_written_is_read() {
        let mut choices = Choices::random(7);
        let made: Vec<usize> = (0..50).map(|_| choices.choose(4)).collect();
        let mut again = Choices::parse(&choices.to_string()).expect("what was written");
        let read: Vec<usize> = (0..50).map(|_| again.choose(4)).collect();
        assert_eq!(made, read);
        for wrong in ["1", "a:1", "3:1,2:1", "1:b"] {
            assert!(Choices::parse(wrong).is_none(), "{wrong}");
        }
    }
}
