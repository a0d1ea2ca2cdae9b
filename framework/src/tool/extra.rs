//! Commands that a program has beside those of the framework.

use std::future::Future;
use std::rc::Rc;

use clap::{ArgMatches, Args};
use futures_util::FutureExt;
use futures_util::future::LocalBoxFuture;

use super::interrupt::Interrupt;
use super::screen::say;
use super::{Failure, Tool};

type Run = dyn Fn(&ArgMatches, Person) -> LocalBoxFuture<'static, Result<(), String>>;

/// A command of the program's own.
pub(super) struct Extra {
    pub(super) command: clap::Command,
    run: Box<Run>,
}

/// The person at the screen, as a command of the program's own meets them.
#[derive(Clone)]
pub struct Person {
    interrupt: Rc<Interrupt>,
}

impl Person {
    /// Shows a text on stdout. Nothing in it can move the cursor.
    pub fn say(&self, text: &str) {
        say(text);
    }

    /// Returns when somebody ends the command by Ctrl-C or SIGTERM.
    pub async fn ends(&self) {
        self.interrupt.comes().await;
    }
}

impl Tool {
    /// Adds a command of the program's own. Its arguments and its help are those of `A`. An error is shown, and the exit code is 1.
    /// On Ctrl-C, the command has to end by itself: [`Person::ends`] tells it.
    pub fn command<A: Args, F>(
        mut self,
        name: &'static str,
        run: impl Fn(A, Person) -> F + 'static,
    ) -> Self
    where
        F: Future<Output = Result<(), String>> + 'static,
    {
        let run = move |matches: &ArgMatches, person: Person| match A::from_arg_matches(matches) {
            Ok(arguments) => run(arguments, person).boxed_local(),
            Err(error) => std::future::ready(Err(error.to_string())).boxed_local(),
        };
        self.extras.push(Extra {
            command: A::augment_args(clap::Command::new(name)),
            run: Box::new(run),
        });
        self
    }
}

impl Extra {
    pub(super) async fn obey(
        &self,
        matches: &ArgMatches,
        interrupt: &Rc<Interrupt>,
    ) -> Result<(), Failure> {
        interrupt.ends_at_once();
        let person = Person {
            interrupt: Rc::clone(interrupt),
        };
        (self.run)(matches, person).await.map_err(Failure::Failed)
    }
}
