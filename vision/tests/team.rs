//! That the threads which compute together can be let go. Alone in its program, since it counts threads.
#![cfg(target_os = "linux")]

use std::{fs, thread, time::Duration};

use tch::{Kind, Tensor};

/// The threads beside the one that asks, on whatever machine.
const OTHERS: u8 = 2;

#[test]
fn a_team_ends_and_another_is_there_when_it_is_needed() {
    tch::set_num_threads(i32::from(OTHERS) + 1);
    let picture = Tensor::rand([64, 64, 64], (Kind::Float, tch::Device::Cpu));
    let before = threads();
    for _ in 0..2 {
        let _ = picture.exp();
        assert_eq!(threads(), before + usize::from(OTHERS));
        scheduling::end_team();
        settles_at(before);
    }
}

fn threads() -> usize {
    fs::read_dir("/proc/self/task").expect("Linux lists a process's threads").count()
}

/// A thread that was joined is listed until the system has put it away.
fn settles_at(count: usize) {
    for _ in 0..100 {
        if threads() == count {
            return;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("there are {} threads, not {count}", threads());
}
