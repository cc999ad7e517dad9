//! A large file of daily usage goes through in bounded memory.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use crate::support::Home;

/// Bytes of the usual run; `ADDENDUM_TEST_USAGE_MB` asks for another size, such as 1024.
const SMALL_MB: u64 = 24;

/// Writes usage until the file is that large; gives the number of rows.
fn usage(file: &Path, bytes: u64) -> u64 {
    let mut out = std::io::BufWriter::new(std::fs::File::create(file).unwrap());
    let head = "PartnerId,CustomerId,CustomerName,CustomerDomainName,InvoiceNumber,ProductId,SkuId,\
        SubscriptionId,ChargeStartDate,ChargeEndDate,UsageDate,MeterCategory,MeterId,MeterName,\
        ResourceGroup,ResourceURI,ChargeType,UnitPrice,Quantity,UnitType,BillingPreTaxTotal,\
        BillingCurrency,Tags,EffectiveUnitPrice,EntitlementId,EntitlementDescription,\
        PartnerEarnedCreditPercentage,CreditPercentage\r\n";
    out.write_all(head.as_bytes()).unwrap();
    let (mut written, mut n, mut row) = (head.len() as u64, 0u64, String::new());
    while written < bytes {
        let (customer, subscription) = (n % 300, n % 900);
        row.clear();
        write!(
            row,
            "7b0c9e52-1f7e-4a53-9a31-2f6c0f1f8a10,2f4a7d10-93c5-4c0b-b1d7-{customer:012},Customer \
             {customer},customer{customer}.onmicrosoft.com,G041882913,DZH318Z0BPS6,0001,5d8b1c7e-\
             0f5a-4b1e-9d53-{customer:012},6/1/2025,6/30/2025,6/{}/2025,Virtual Machines,m-{},D2s \
             v5,rg-{},/subscriptions/0d6f2b9e-3a41-4c77-9a30-{subscription:012}/resourceGroups/rg-{}/\
             providers/Microsoft.Compute/virtualMachines/vm{n},new,0.096,24,1 Hour,{}.{:04},USD,\
             \"{{\"\"CostCenter\"\":\"\"{}\"\"}}\",0.0816,0d6f2b9e-3a41-4c77-9a30-{subscription:012},\
             Subscription {subscription},15,100\r\n",
            n % 30 + 1,
            n % 50,
            n % 7,
            n % 7,
            n % 3,
            n % 10_000,
            n % 5,
        )
        .unwrap();
        out.write_all(row.as_bytes()).unwrap();
        written += row.len() as u64;
        n += 1;
    }
    out.flush().unwrap();
    n
}

#[test]
#[cfg(target_os = "linux")]
fn memory_does_not_grow_with_the_file() {
    let megabytes = std::env::var("ADDENDUM_TEST_USAGE_MB")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(SMALL_MB);
    let home = Home::new();
    let file = home.path().join("usage.csv");
    let path = file.display().to_string();
    let mut peaks = Vec::new();
    for size in [megabytes / 8, megabytes] {
        let rows = usage(&file, size << 20);
        let began = std::time::Instant::now();
        let peak = peak_of(&home, &["source", "check", "partner-center-usage", &path, "--json"]);
        println!("{size} MB, {rows} rows: {:?}, peak {} MB", began.elapsed(), peak >> 10);
        peaks.push(peak);
    }
    // The sums are the same; only the size of the file differs eightfold.
    assert!(peaks[1] < peaks[0] + (24 << 10), "kilobytes at the peak: {peaks:?}");
}

/// Runs to the end, and gives the largest resident size in kilobytes.
#[cfg(target_os = "linux")]
fn peak_of(home: &Home, args: &[&str]) -> u64 {
    let mut child = home.command(args).stdout(std::process::Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|l| l.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|l| l.trim().strip_suffix("kB")?.trim().parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        if let Some(ended) = child.try_wait().unwrap() {
            assert!(ended.success());
            assert!(peak > 0, "the peak was never seen");
            return peak;
        }
        std::thread::yield_now();
    }
}
