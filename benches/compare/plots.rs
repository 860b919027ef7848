//! Plots of how forks and their memory grow with the number of children, as SVG.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    sample::{script, total},
    settings::{Runtime, Settings},
    spread::Spread,
};

/// How many children are alive at each point.
const COUNTS: &[usize] = &[1, 2, 5, 10, 20, 50, 100];

/// The colours of the lines, in the order of the runtimes.
const COLOURS: &[&str] = &["#3c873a", "#c6613f", "#2f6db5", "#7a5195"];

/// What one runtime's line goes through.
struct Line {
    name: String,
    /// How many children, and the figure.
    points: Vec<(f64, f64)>,
}

/// Measures, and draws both plots into a folder.
pub fn draw(settings: &Settings, folder: &Path) -> Result<(), String> {
    let (mut times, mut memories) = (Vec::new(), Vec::new());
    for runtime in &settings.runtimes {
        let (mut time, mut memory) = (Vec::new(), Vec::new());
        for &count in COUNTS {
            let (milliseconds, kibibytes) = median(runtime, count, settings.rounds)?;
            println!("{} {count}: {milliseconds:.1} ms, {kibibytes:.0} KiB a child", runtime.name);
            time.push((count as f64, milliseconds));
            memory.push((count as f64, kibibytes));
        }
        times.push(Line { name: runtime.name.clone(), points: time });
        memories.push(Line { name: runtime.name.clone(), points: memory });
    }
    fs::create_dir_all(folder).map_err(|error| error.to_string())?;
    let drawings = [
        ("fork-latency.svg", plot("all first messages after fork(), ms", &times)),
        ("child-memory.svg", plot("proportional memory of a child, KiB", &memories)),
    ];
    for (name, text) in drawings {
        fs::write(folder.join(name), text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// Milliseconds until so many children have spoken, and the mean of their memory.
fn median(runtime: &Runtime, count: usize, rounds: usize) -> Result<(f64, f64), String> {
    let (mut times, mut memories) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (time, memory) = sample(runtime, count)?;
        times.push(time);
        memories.push(memory);
    }
    let middle = |values: &[f64]| Spread::of(values).map_or(0.0, |spread| spread.median);
    Ok((middle(&times), middle(&memories)))
}

fn sample(runtime: &Runtime, count: usize) -> Result<(f64, f64), String> {
    let mut parent = Command::new(&runtime.path)
        .arg(script("children.js"))
        .arg(count.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut line = String::new();
    if let Some(stdout) = parent.stdout.take() {
        BufReader::new(stdout).read_line(&mut line).map_err(|error| error.to_string())?;
    }
    let mut words = line.split_whitespace();
    let time = words.next().and_then(|word| word.parse().ok()).ok_or("no time was printed");
    let pids: Vec<u32> = words.filter_map(|word| word.parse().ok()).collect();
    let memory = total(&pids, "Pss:");
    parent.kill().and_then(|()| parent.wait()).map_err(|error| error.to_string())?;
    Ok((time?, memory? / pids.len().max(1) as f64))
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 400.0;
const MARGIN: f64 = 60.0;

/// Both axes are logarithmic.
struct Axis {
    low: f64,
    high: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min);
        let high = values.fold(f64::MIN_POSITIVE, f64::max);
        Self { low: 10_f64.powf(low.log10().floor()), high: 10_f64.powf(high.log10().ceil()) }
    }

    /// Where a value is, from 0 to 1.
    fn place(&self, value: f64) -> f64 {
        (value / self.low).log10() / (self.high / self.low).log10()
    }

    /// The powers of ten.
    fn marks(&self) -> impl Iterator<Item = f64> {
        let first = self.low.log10().round() as i32;
        let last = self.high.log10().round() as i32;
        (first..=last).map(|exponent| 10_f64.powi(exponent))
    }
}

fn plot(title: &str, lines: &[Line]) -> String {
    let all = lines.iter().flat_map(|line| line.points.iter());
    let across = Axis::over(all.clone().map(|point| point.0));
    let up = Axis::over(all.map(|point| point.1));
    let x = |value: f64| MARGIN + across.place(value) * (WIDTH - 2.0 * MARGIN);
    let y = |value: f64| HEIGHT - MARGIN - up.place(value) * (HEIGHT - 2.0 * MARGIN);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{MARGIN}\" y=\"28\" font-size=\"15\">{title}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"end\">children</text>\n",
        WIDTH - MARGIN,
        HEIGHT - 16.0
    );
    for mark in up.marks() {
        let (left, right, at) = (MARGIN, WIDTH - MARGIN, y(mark));
        svg.push_str(&format!(
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#ddd\"/>\n\
             <text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{mark}</text>\n",
            left - 6.0,
            at + 4.0
        ));
    }
    for &count in COUNTS {
        let at = x(count as f64);
        let below = HEIGHT - MARGIN + 18.0;
        svg.push_str(&format!(
            "<text x=\"{at:.1}\" y=\"{below}\" text-anchor=\"middle\">{count}</text>\n"
        ));
    }
    for (line, colour) in lines.iter().zip(COLOURS.iter().cycle()) {
        let points: Vec<String> =
            line.points.iter().map(|&(a, b)| format!("{:.1},{:.1}", x(a), y(b))).collect();
        svg.push_str(&format!(
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\n",
            points.join(" ")
        ));
        if let Some(&(a, b)) = line.points.last() {
            svg.push_str(&format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{colour}\">{}</text>\n",
                x(a) + 6.0,
                y(b) + 4.0,
                line.name
            ));
        }
    }
    svg + "</svg>\n"
}
