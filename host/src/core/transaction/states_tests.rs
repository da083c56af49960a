//! Tests each transition of the table in ARCHITECTURE.md, "Transactions".

use super::*;

const DEADLOCK: ErrorKind = ErrorKind::TransactionAborted(AbortReason::Deadlock);
const IMPLICIT_COMMIT: ErrorKind = ErrorKind::TransactionAborted(AbortReason::ImplicitCommit);
const INNER_ROLLBACK: ErrorKind = ErrorKind::TransactionAborted(AbortReason::InnerRollback);
const UNKNOWN: ErrorKind = ErrorKind::TransactionAborted(AbortReason::Other);

fn xid() -> Xid {
    Xid::new("x".to_owned(), "guest").unwrap()
}

fn twophase() -> Kind {
    Kind::TwoPhase(Branch { xid: xid(), prepared: false })
}

/// Begins transactions of these kinds, the outermost first.
fn begun(kinds: &[Kind]) -> (Transactions, Vec<TransactionId>) {
    let mut transactions = Transactions::default();
    let ids = kinds.iter().map(|kind| transactions.begun(kind.clone())).collect();
    (transactions, ids)
}

impl Transactions {
    #[track_caller]
    fn sends(&mut self, id: TransactionId, call: impl FnOnce(&mut Self) -> Result<Command>, expected: Command) {
        let command = call(self).unwrap();
        assert_eq!(command, expected);
        self.answered(id, &command);
    }

    #[track_caller]
    fn commits(&mut self, id: TransactionId, expected: Command) {
        self.sends(id, |transactions| transactions.commit(id), expected);
    }

    #[track_caller]
    fn rolls_back(&mut self, id: TransactionId, expected: Command) {
        self.sends(id, |transactions| transactions.rollback(id), expected);
    }

    #[track_caller]
    fn closes(&mut self, id: TransactionId, expected: Command) {
        self.sends(id, |transactions| transactions.close(id), expected);
    }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T>, kind: &ErrorKind) {
    assert_eq!(&result.expect_err("the call is refused").kind, kind);
}

#[track_caller]
fn is_inactive<T: std::fmt::Debug>(result: Result<T>) {
    let error = result.expect_err("the call is refused");
    assert_eq!((error.kind, &*error.message), (ErrorKind::InvalidRequest, "This transaction is inactive"));
}

#[test]
fn root_is_committed_once() {
    let mut tx = Transactions::default();
    assert!(tx.begins_root().unwrap());
    assert_eq!(tx.state(), TransactionState::None);
    let root = tx.begun(Kind::Root);
    assert!(!tx.begins_root().unwrap());
    assert_eq!(tx.state(), TransactionState::Open);
    tx.commits(root, Command::Commit);
    assert_eq!(tx.state(), TransactionState::None);
    is_inactive(tx.commit(root));
    tx.rolls_back(root, Command::Nothing);
    tx.closes(root, Command::Nothing);
}

#[test]
fn closing_the_root_rolls_back() {
    let (mut tx, ids) = begun(&[Kind::Root]);
    tx.closes(ids[0], Command::Rollback);
    assert!(tx.begins_root().unwrap());
}

#[test]
fn inner_commit_and_close_send_nothing() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Inner, Kind::Inner]);
    tx.commits(ids[2], Command::Nothing);
    tx.closes(ids[1], Command::Nothing);
    is_inactive(tx.commit(ids[1]));
    assert!(tx.is_active(ids[0]));
    tx.commits(ids[0], Command::Commit);
}

#[test]
fn inner_rollback_rolls_back_the_root() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Inner]);
    tx.rolls_back(ids[1], Command::Rollback);
    assert_eq!(tx.state(), TransactionState::RolledBack);
    refused(tx.admit_statement(), &INNER_ROLLBACK);
    refused(tx.begins_root(), &INNER_ROLLBACK);
    refused(tx.commit(ids[0]), &INNER_ROLLBACK);
    assert!(!tx.is_active(ids[0]));
    assert_eq!(tx.undo_all(), Command::Nothing);
    tx.rolls_back(ids[0], Command::Nothing);
    assert!(tx.begins_root().unwrap());
}

#[test]
fn inner_rollback_stops_at_the_enclosing_savepoint() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint, Kind::Inner, Kind::Inner]);
    tx.rolls_back(ids[3], Command::RollbackTo(1));
    assert_eq!(tx.state(), TransactionState::Open);
    refused(tx.admit_statement(), &INNER_ROLLBACK);
    refused(tx.commit(ids[1]), &INNER_ROLLBACK);
    refused(tx.commit(ids[2]), &INNER_ROLLBACK);
    assert!(tx.is_active(ids[0]) && !tx.is_active(ids[1]));
    tx.rolls_back(ids[2], Command::Nothing);
    refused(tx.admit_statement(), &INNER_ROLLBACK);
    tx.rolls_back(ids[1], Command::Nothing);
    assert!(tx.admit_statement().is_ok());
    tx.commits(ids[0], Command::Commit);
}

#[test]
fn root_commits_despite_an_aborted_savepoint() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint, Kind::Inner]);
    tx.rolls_back(ids[2], Command::RollbackTo(1));
    tx.commits(ids[0], Command::Commit);
    assert!(tx.begins_root().unwrap());
}

#[test]
fn savepoint_is_released_rolled_back_or_left_open() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint]);
    tx.commits(ids[1], Command::Release(1));
    is_inactive(tx.commit(ids[1]));
    let savepoint = tx.begun(Kind::Savepoint);
    tx.rolls_back(savepoint, Command::RollbackTo(1));
    is_inactive(tx.commit(savepoint));
    tx.rolls_back(savepoint, Command::Nothing);
    let savepoint = tx.begun(Kind::Savepoint);
    tx.closes(savepoint, Command::Nothing);
    assert!(tx.is_active(ids[0]) && tx.admit_statement().is_ok());
}

#[test]
fn nested_transactions_end_with_their_parent() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint, Kind::Savepoint]);
    tx.rolls_back(ids[1], Command::RollbackTo(1));
    is_inactive(tx.commit(ids[2]));
    tx.rolls_back(ids[2], Command::Nothing);
    assert!(tx.is_active(ids[0]));

    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint, Kind::Savepoint]);
    tx.commits(ids[1], Command::Release(1));
    is_inactive(tx.commit(ids[2]));
    tx.commits(ids[0], Command::Commit);

    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint]);
    tx.rolls_back(ids[0], Command::Rollback);
    is_inactive(tx.commit(ids[1]));
    assert!(tx.begins_root().unwrap());
}

#[test]
fn deadlock_leaves_only_rollback_which_sends_nothing() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint]);
    tx.abort(AbortReason::Deadlock);
    assert_eq!(tx.state(), TransactionState::RolledBack);
    assert!(!tx.is_open());
    refused(tx.admit_statement(), &DEADLOCK);
    refused(tx.commit(ids[1]), &DEADLOCK);
    tx.rolls_back(ids[1], Command::Nothing);
    refused(tx.commit(ids[0]), &DEADLOCK);
    tx.rolls_back(ids[0], Command::Nothing);
    assert!(tx.begins_root().unwrap());
}

#[test]
fn deadlock_aborts_all_despite_an_aborted_savepoint() {
    let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint, Kind::Inner]);
    tx.rolls_back(ids[2], Command::RollbackTo(1));
    tx.abort(AbortReason::Deadlock);
    refused(tx.commit(ids[0]), &DEADLOCK);
    tx.abort(AbortReason::ConnectionLost);
    refused(tx.commit(ids[0]), &DEADLOCK);
}

#[test]
fn rollback_fails_once_if_the_server_ended_the_transaction() {
    for (reason, kind, state) in [
        (AbortReason::ImplicitCommit, IMPLICIT_COMMIT, TransactionState::None),
        (AbortReason::Other, UNKNOWN, TransactionState::Unknown),
    ] {
        let (mut tx, ids) = begun(&[Kind::Root, Kind::Savepoint]);
        tx.abort(reason);
        assert_eq!(tx.state(), state);
        refused(tx.admit_statement(), &kind);
        refused(tx.commit(ids[0]), &kind);
        refused(tx.rollback(ids[1]), &kind);
        refused(tx.admit_statement(), &kind);
        refused(tx.close(ids[0]), &kind);
        assert!(tx.admit_statement().is_ok(), "the error is reported once");
    }
}

#[test]
fn lost_connection_ends_its_transaction() {
    let (mut tx, ids) = begun(&[Kind::Root]);
    assert_eq!(tx.lost().unwrap().kind, ErrorKind::TransactionAborted(AbortReason::ConnectionLost));
    tx.abort(AbortReason::Timeout);
    assert_eq!(tx.lost().unwrap().kind, ErrorKind::TransactionAborted(AbortReason::Timeout));
    assert_eq!(tx.state(), TransactionState::RolledBack);
    tx.answered(ids[0], &Command::Nothing);
    assert!(tx.lost().is_none());
}

#[test]
fn unprepared_two_phase_commits_in_one_phase() {
    let (mut tx, ids) = begun(&[twophase()]);
    tx.commits(ids[0], Command::CommitOnePhase(xid()));
    assert!(tx.begins_root().unwrap());
    let (mut tx, ids) = begun(&[twophase()]);
    tx.rolls_back(ids[0], Command::RollbackBranch(xid()));
    assert!(tx.begins_root().unwrap());
}

#[test]
fn prepared_transaction_only_commits_or_rolls_back() {
    let (mut tx, ids) = begun(&[twophase(), Kind::Savepoint]);
    let id = ids[0];
    tx.sends(id, |tx| tx.prepare(id), Command::Prepare(xid()));
    assert!(tx.is_prepared() && tx.is_active(id));
    is_inactive(tx.commit(ids[1]));
    refused(tx.admit_statement(), &ErrorKind::InvalidRequest);
    refused(tx.begins_root(), &ErrorKind::InvalidRequest);
    refused(tx.prepare(id), &ErrorKind::InvalidRequest);
    assert_eq!(tx.undo_all(), Command::RollbackPrepared(xid()));
    tx.commits(id, Command::CommitPrepared(xid()));
    assert!(tx.begins_root().unwrap());
}

#[test]
fn prepare_removes_an_aborted_savepoint() {
    let (mut tx, ids) = begun(&[twophase(), Kind::Savepoint, Kind::Inner]);
    tx.rolls_back(ids[2], Command::RollbackTo(1));
    tx.sends(ids[0], |tx| tx.prepare(ids[0]), Command::Prepare(xid()));
    refused(tx.admit_statement(), &ErrorKind::InvalidRequest);
}

#[test]
fn prepared_transaction_outlives_its_connection() {
    let (mut tx, ids) = begun(&[twophase()]);
    tx.sends(ids[0], |tx| tx.prepare(ids[0]), Command::Prepare(xid()));
    tx.abort(AbortReason::ConnectionLost);
    assert_eq!(tx.state(), TransactionState::Unknown);
    let lost = tx.lost().unwrap();
    assert!(lost.message.contains("recover-twophase"), "{lost}");
}

#[test]
fn deadlock_leaves_the_two_phase_branch_to_roll_back() {
    let (mut tx, ids) = begun(&[twophase(), Kind::Savepoint]);
    tx.abort(AbortReason::Deadlock);
    tx.rolls_back(ids[1], Command::Nothing);
    refused(tx.prepare(ids[0]), &DEADLOCK);
    assert_eq!(tx.undo_all(), Command::RollbackBranch(xid()));
    tx.rolls_back(ids[0], Command::RollbackBranch(xid()));
    assert!(tx.begins_root().unwrap());
}

#[test]
fn inner_rollback_rolls_back_a_two_phase_root() {
    let (mut tx, ids) = begun(&[twophase(), Kind::Inner]);
    tx.rolls_back(ids[1], Command::RollbackBranch(xid()));
    refused(tx.prepare(ids[0]), &INNER_ROLLBACK);
    tx.rolls_back(ids[0], Command::Nothing);
    assert!(tx.begins_root().unwrap());
}

#[test]
fn prepare_needs_an_outermost_two_phase_transaction() {
    let (mut tx, ids) = begun(&[Kind::Root]);
    refused(tx.prepare(ids[0]), &ErrorKind::InvalidRequest);
    let error = tx.admit_twophase("start a two phase transaction").unwrap_err();
    assert_eq!(error.message, "Cannot start a two phase transaction when a transaction is already in progress.");
    tx.ended();
    assert!(tx.admit_twophase("start a two phase transaction").is_ok());
    is_inactive(tx.prepare(ids[0]));
}
