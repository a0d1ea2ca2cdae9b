//! Two invocations at one target.

use std::time::Duration;

use crate::context::Context;
use crate::document::Document;
use crate::rotator::{Rotator, Succession, Verdict};
use crate::testing::world::{Harness, Subject, World};
use crate::testing::{another_secret_id, context, version_id};
use crate::version::SecretId;

/// How often a lock is tried that its holder has just let go.
const TRIES: usize = 50;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// While one session holds the lock, another one for the same secret does not get it. Afterwards it does. Nothing is done for
/// `Coexist`, whose `set` only adds something, or if the harness says that the target has no lock.
pub async fn keeps_others_out<H: Harness>(harness: &H) {
    let subject = harness.subject().await;
    let succession = World::with(harness, &subject).succession();
    if succession == Succession::Coexist || !harness.has_lock() {
        return;
    }
    let secret_id = another_secret_id();
    let one = || Invocation {
        rotator: harness.rotator(),
        subject: &subject,
        secret_id: &secret_id,
    };
    let (first, second) = (one(), one());
    let (mut held, mut waiting) = (first.enter().await, second.enter().await);
    let locked = first.locks(&mut held).await;
    assert!(locked, "`lock` fails, though nobody holds it");
    assert!(
        !second.locks(&mut waiting).await,
        "two sessions hold the lock of one secret at the same time. `succession` says {succession:?}, by which `set` ends a credential: that of a newer rotation, if it comes late"
    );
    second.rotator.close(waiting).await;
    first.rotator.close(held).await;
    for _ in 0..TRIES {
        let mut session = second.enter().await;
        let locked = second.locks(&mut session).await;
        second.rotator.close(session).await;
        if locked {
            return;
        }
        std::thread::sleep(PAUSE);
    }
    panic!("nobody gets the lock after the session of its holder was closed");
}

/// One invocation, which opens sessions.
struct Invocation<'s, R> {
    rotator: R,
    subject: &'s Subject,
    secret_id: &'s SecretId,
}

impl<R: Rotator> Invocation<'_, R> {
    fn context(&self) -> Context {
        let admin = self.subject.admin.as_ref();
        let admin = admin.map(|(_, value)| value.as_str());
        context(self.secret_id.clone(), version_id(1), admin)
    }

    fn payload(&self) -> R::Payload {
        let payload = Document::new(&self.subject.secret).parse();
        let payload = payload.expect("a value that the rotator reads");
        self.rotator
            .complete(payload)
            .expect("a value that suits the rotator")
    }

    async fn enter(&self) -> R::Session {
        let (cx, payload) = (self.context(), self.payload());
        match self.rotator.test(&cx, &payload, None).await {
            Ok(Verdict::Accept(session)) => session,
            Ok(Verdict::Reject(why)) => panic!("`subject` is refused: {}", why.reason()),
            Err(error) => panic!("`subject` is not accepted: {}", error.text()),
        }
    }

    async fn locks(&self, session: &mut R::Session) -> bool {
        let (cx, payload) = (self.context(), self.payload());
        self.rotator.lock(&cx, session, &payload).await.is_ok()
    }
}
