//! The sessions of one server that are to end, and the task that sees to it over one side connection, as long as there are any.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::{CLOCK_PRECISION, Place, Shared};
use crate::driver::{Session, SessionId};
use crate::types::{Error, ErrorKind, Result, Step, ends_session};

/// A killed session is asked after for the first time when a short statement would have ended.
const FIRST_PAUSE: Duration = Duration::from_millis(1);
/// What takes long to end, or can't be killed now, is asked after so often.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);
/// The pause after the first attempt to connect that failed; it doubles with each that follows.
const FIRST_ABSENCE: Duration = Duration::from_millis(50);
/// A server that is full, or an account that has all its connections, is asked again so often: others wait for the place.
const LONGEST_REFUSAL: Duration = Duration::from_secs(1);
/// A server that is out of reach is left alone for longer: nobody waits for it.
const LONGEST_ABSENCE: Duration = Duration::from_secs(30);
/// Sessions of a server that is out of reach, which have no place any more. Only one that is gone for long has so many.
const MISSED: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Ward {
    state: Mutex<State>,
    /// Told of new ones, and of the end.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    new: Vec<Condemned>,
    /// There is a task that works.
    is_working: bool,
    /// Kept for the next.
    side: Option<Side>,
}

/// A session that is to end.
#[derive(Debug)]
pub(super) struct Condemned {
    id: SessionId,
    /// Kept until the server says that it has ended, or can't be asked.
    place: Option<Place>,
    /// When the server said something last.
    heard: Instant,
    due: Instant,
    pause: Duration,
    /// By then the server has ended its statement by itself.
    limit: Instant,
    refused: bool,
}

/// What is known after asking about a session.
enum Asked {
    Ended,
    /// It is there, and is to end.
    Dying,
    /// It is there, and can't be killed now: code of another account runs in it.
    Refused(Error),
    /// It was on another server, or on this one before that has restarted.
    Elsewhere,
}

/// The connection that kills. The server at its other end is one and the same as long as it holds.
#[derive(Debug)]
struct Side {
    session: Session,
    asked: Instant,
    uptime: Duration,
}

impl Ward {
    /// Adds a session, and says whether a task is to be started for it.
    pub(super) fn add(&self, condemned: Condemned) -> bool {
        let mut state = self.state();
        state.new.push(condemned);
        let starts = !std::mem::replace(&mut state.is_working, true);
        drop(state);
        self.changed.notify_one();
        starts
    }

    pub(super) fn end(&self) {
        let side = self.state().side.take();
        drop(side);
        self.changed.notify_one();
    }

    /// Leaves the side connection for later, unless there is more to do.
    fn rest(&self, side: &mut Option<Side>, is_ending: bool) -> bool {
        let mut state = self.state();
        if !state.new.is_empty() {
            return false;
        }
        state.is_working = false;
        if !is_ending {
            state.side = side.take();
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Condemned {
    pub(super) fn new(id: SessionId, limit: Duration, place: Place) -> Condemned {
        let now = Instant::now();
        let (place, limit) = (Some(place), now + limit);
        Condemned { id, place, heard: now, due: now, pause: FIRST_PAUSE, limit, refused: false }
    }

    /// Asks again after a pause, which grows.
    fn later(&mut self, now: Instant) {
        (self.heard, self.due) = (now, now + self.pause);
        self.pause = (self.pause * 2).min(LONGEST_PAUSE);
    }
}

impl Side {
    /// Tells the server to end a session, which says by the way whether it is still there. Proxies say so of every session: where it
    /// takes `long`, the list of sessions decides.
    async fn kill(&mut self, id: &SessionId, long: bool) -> Result<Asked> {
        // A name can lead to another server by now, and a server that has restarted since gives its ids to others.
        let age = self.asked.saturating_duration_since(id.connected);
        if age > self.uptime + CLOCK_PRECISION || self.session.id().identity != id.identity {
            return Ok(Asked::Elsewhere);
        }
        match self.session.command(&format!("KILL {}", id.number)).await {
            Ok(()) if long && !self.session.lists(id.number).await? => Ok(Asked::Ended),
            Ok(()) => Ok(Asked::Dying),
            Err(error) => match &error.kind {
                ErrorKind::Server(server) if server.code == 1094 => Ok(Asked::Ended),
                ErrorKind::Server(server) if !ends_session(server.code) => Ok(Asked::Refused(error)),
                _ => Err(error),
            },
        }
    }
}

/// The task of one server. Where it is dropped with its runtime, nothing can be killed any more, and all places are let go of.
pub(super) struct Work {
    shared: Arc<Shared>,
    server: usize,
    is_over: bool,
}

impl Work {
    pub(super) fn new(shared: Arc<Shared>, server: usize) -> Work {
        Work { shared, server, is_over: false }
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        let Some(ward) = self.shared.wards.get(self.server).filter(|_| !self.is_over) else { return };
        let mut state = ward.state();
        state.is_working = false;
        let lost = std::mem::take(&mut state.new);
        drop(state);
        drop(lost);
    }
}

/// Works until no session is left that is to end.
pub(super) async fn work(mut work: Work) {
    let (shared, server) = (Arc::clone(&work.shared), work.server);
    let Some(ward) = shared.wards.get(server) else { return };
    let mut all = Vec::new();
    let mut side = ward.state().side.take();
    let mut absence = FIRST_ABSENCE;
    loop {
        all.append(&mut ward.state().new);
        if shared.is_ending() {
            all.retain(|condemned: &Condemned| condemned.place.is_some());
        }
        if all.is_empty() && ward.rest(&mut side, shared.is_ending()) {
            work.is_over = true;
            return;
        }
        match round(&shared, server, &mut side, &mut all).await {
            Ok(()) => absence = FIRST_ABSENCE,
            Err(error) => {
                side = None;
                missed(&shared, &mut all, &error, absence);
                absence = (absence * 2).min(LONGEST_ABSENCE);
            }
        }
        over_time(&shared, &mut all);
        if let Some(next) = all.iter().map(|condemned| condemned.due).min() {
            let sleep = tokio::time::sleep_until(next.into());
            tokio::select! {
                () = sleep => {}
                () = ward.changed.notified() => {}
            }
        }
    }
}

/// Asks about each session that is due.
async fn round(shared: &Shared, server: usize, side: &mut Option<Side>, all: &mut Vec<Condemned>) -> Result<()> {
    let mut at = 0;
    while let Some(condemned) = all.get_mut(at) {
        if condemned.due > Instant::now() {
            at += 1;
            continue;
        }
        let long = condemned.pause == LONGEST_PAUSE;
        match ask(shared, server, side, &condemned.id, long).await? {
            Asked::Ended => {
                let condemned = all.swap_remove(at);
                tracing::debug!(session = condemned.id.number, "killed an abandoned statement");
                if condemned.place.is_some() {
                    shared.meters.killed(None);
                }
            }
            Asked::Elsewhere => {
                let error = Error::timeout(Step::Connect, "the server is not the one that it ran on");
                given_up(shared, &all.swap_remove(at), &error);
            }
            Asked::Dying => {
                condemned.later(Instant::now());
                at += 1;
            }
            Asked::Refused(error) => {
                if !std::mem::replace(&mut condemned.refused, true) {
                    let session = condemned.id.number;
                    tracing::warn!(session, %error, "an abandoned statement can't be killed now, and is tried again");
                }
                condemned.later(Instant::now());
                at += 1;
            }
        }
    }
    Ok(())
}

/// Over the side connection there is, and over a new one where that one has broken.
async fn ask(shared: &Shared, server: usize, side: &mut Option<Side>, id: &SessionId, long: bool) -> Result<Asked> {
    let mut timeout = shared.connector.options.kill_timeout;
    // Taken out while in use: where it does not answer, it is closed.
    if let Some(mut old) = side.take() {
        // So that there is time to try a new one.
        timeout /= 2;
        match tokio::time::timeout(timeout, old.kill(id, long)).await {
            // A new one may lead to the right server.
            Ok(Ok(Asked::Elsewhere) | Err(_)) | Err(_) => {}
            Ok(Ok(asked)) => {
                *side = Some(old);
                return Ok(asked);
            }
        }
    }
    let asked = tokio::time::timeout(timeout, async {
        let mut new = Box::pin(connect(shared, server)).await?;
        let asked = new.kill(id, long).await?;
        Ok((new, asked))
    });
    let (new, asked) =
        asked.await.unwrap_or_else(|_| Err(Error::timeout(Step::Execute, "the server does not answer")))?;
    *side = Some(new);
    Ok(asked)
}

async fn connect(shared: &Shared, server: usize) -> Result<Side> {
    let mut session = shared.connector.connect_to(server).await?;
    let uptime = session.server_uptime().await?;
    Ok(Side { session, asked: Instant::now(), uptime })
}

/// The server can't be asked. Where it is out of reach, places are not kept for it: nobody else can start anything there either.
fn missed(shared: &Shared, all: &mut Vec<Condemned>, error: &Error, absence: Duration) {
    let now = Instant::now();
    for condemned in &mut *all {
        condemned.due = now + absence;
        let is_over = match &error.kind {
            // It has answered, and lets the side connection in when another session has ended.
            ErrorKind::Server(_) => {
                condemned.due = now + absence.min(LONGEST_REFUSAL);
                condemned.heard = now;
                false
            }
            ErrorKind::Unreachable => true,
            _ => now.saturating_duration_since(condemned.heard) >= shared.connector.options.kill_timeout,
        };
        if is_over && condemned.place.is_some() {
            given_up(shared, condemned, error);
            condemned.place = None;
        }
    }
    let mut spare = all.iter().filter(|condemned| condemned.place.is_none()).count();
    all.retain(|condemned| {
        let is_spare = spare > MISSED && condemned.place.is_none();
        spare -= usize::from(is_spare);
        !is_spare
    });
}

/// Lets go of sessions whose statement the server has ended by now, if it does as it was told.
fn over_time(shared: &Shared, all: &mut Vec<Condemned>) {
    let now = Instant::now();
    all.retain(|condemned| {
        let is_over = condemned.limit <= now;
        if is_over {
            given_up(shared, condemned, &Error::timeout(Step::Execute, "it did not end in the time that it had"));
        }
        !is_over
    });
}

fn given_up(shared: &Shared, condemned: &Condemned, error: &Error) {
    if condemned.place.is_some() {
        shared.meters.killed(Some(error.kind.name()));
        tracing::warn!(session = condemned.id.number, %error, "an abandoned statement could not be killed");
    }
}
