//! Ten million rows through a guest: the memory use, and the time per row compared with a million
//! rows.

use wasmtime::error::Context;
use wasmtime::{Result, ensure};

use crate::bench::Bench;
use crate::guest::Guest;
use crate::measure::{Cost, Pair, measured};
use crate::row::{Goal, Row};
use crate::system::{peak_mib, reset_peak, resident_mib};

const MILLION: u32 = 1_000_000;
/// Few rounds, because a round takes many seconds.
const ROUNDS: usize = 3;

pub(crate) async fn run(bench: &mut Bench) -> Result<()> {
    if !bench.wants("scan_10m") {
        return Ok(());
    }
    for table in ["scan", "ten"] {
        bench.server.table(table).await?;
    }
    let database = bench.server.database(1)?;
    let guest = bench.host.guest("scan", &database);
    // The first scan connects, compiles, and allocates memory for the batches.
    scanned(&guest, 1).await?;
    let (mut pairs, mut guests, mut growths) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let million = scanned(&guest, 1).await?;
        let before = resident_mib()?;
        reset_peak()?;
        let ten_million = scanned(&guest, 10).await?;
        growths.push((peak_mib()? - before).max(0.0));
        guests.push(ten_million.guest_mib);
        ensure!(ten_million.sum == 10.0 * million.sum, "{} is not ten times {}", ten_million.sum, million.sum);
        pairs.push(Pair { native: million.cost, guest: ten_million.cost });
    }
    // In this ratio 'native' is the scan of one million rows and 'guest' that of ten million, both
    // in the guest.
    bench.report.push(Row::ratio("scan_10m", &pairs).wall(Goal::AtMost(1.1)));
    bench.report.push(Row::mib("scan_10m_guest_memory", &guests).wall(Goal::AtMost(4.0)));
    bench.report.push(Row::mib("scan_10m_host_growth", &growths).wall(Goal::AtMost(16.0)));
    Ok(())
}

struct Scanned {
    /// The cost of one row.
    cost: Cost,
    sum: f64,
    guest_mib: f64,
}

/// Scans this number of million rows. Both sizes use the same join of the same table, with one row
/// or with ten.
async fn scanned(guest: &Guest, millions: u32) -> Result<Scanned> {
    let sql = format!(
        "SELECT scan.id, quantity, price, name, note FROM ten STRAIGHT_JOIN scan WHERE ten.number <= {millions}"
    );
    let guest = guest.clone().arg(sql).arg(1);
    let measured = measured(millions * MILLION, async move {
        let ended = guest.run().await?;
        Ok(format!("{} {}", ended.printed, ended.memory_mib))
    })
    .await?;
    let (sum, guest_mib) = measured.result.split_once(' ').context("a sum and a size")?;
    Ok(Scanned { cost: measured.cost, sum: sum.parse()?, guest_mib: guest_mib.parse()? })
}
