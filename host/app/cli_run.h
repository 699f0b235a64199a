#pragma once

#include <string>
#include <string_view>

#include "host/app/cli_command.h"
#include "host/app/cli_screen.h"
#include "host/app/cli_wait.h"
#include "host/app/cli_worker_api.h"

namespace host::app::cli {

// What a command works with; main owns the parts.
struct Session {
  WorkerApi &worker;
  Screen &screen;
  const Pace &pace;
};

// Does what the command line asks for; the exit status.
int run(const Command &command, Session &session);

// The commands, by file. Each says on the screen what came out and returns the exit status.
// cli_show.cpp
int get_connectors(const Command &command, Session &session);
int get_plugins(Session &session);
int log_level(const Command &command, Session &session);
// cli_offsets.cpp
int show_offsets(const Command &command, Session &session);
int set_offsets(const Command &command, Session &session);
int reset_offsets(const Command &command, Session &session);
int show_topics(const Command &command, Session &session);
int reset_topics(const Command &command, Session &session);
// cli_describe.cpp
int describe(const Command &command, Session &session);
// cli_apply.cpp
int apply(const Command &command, Session &session);
// cli_validate.cpp
int validate(const Command &command, Session &session);
// cli_top.cpp
int top(const Command &command, Session &session);
// cli_act.cpp
int act(const Command &command, Session &session);

// The error for one connector: with a hint if there is none of that name.
int complain_about(Session &session, const std::string &connector, const Error &error);
// Waits and reports the state that was reached.
int wait_and_report(Session &session, const Goal &goal, Duration timeout);
// A member as text: a string's characters, else its JSON; empty for none and for null.
std::string text_of(const json::Value *object, std::string_view key);
// `1 RUNNING, 1 FAILED`
std::string task_summary(const json::Value &status);
// A source's or sink's offsets, the answer of `GET /connectors/{name}/offsets`.
Table offsets_table(const json::Value &offsets);

} // namespace host::app::cli
