//! The program's entry point, and nothing else.

fn main() -> std::process::ExitCode {
    waymark_server::main()
}
