#pragma once

#include <sys/types.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

#include "host/link/in_process.h"
#include "host/link/log_pipe.h"
#include "host/link/page.h"
#include "host/link/peer.h"
#include "tests/unit/link/test_loop.h"

namespace host::runner {

enum class Where { OwnProcess = 1, ThisProcess };

inline constexpr const char *kClass = "test.ObligingConnector";

// A host's side of one real runner: in a forked process over a socket, or on threads of the test
// over memory. It welcomes the runner and notes what it is told.
class RunnerTest : public testing::TestWithParam<Where> {
protected:
  RunnerTest();
  ~RunnerTest() override;

  static std::string plugin_path();
  link::Welcome welcome_; // what the runner will be answered

  // Opens the host's side and waits until the runner has said hello.
  void open();
  void open_and_refuse(const Error &error);

  // Sends a request and waits for the answer.
  template <class M> Result<typename M::Reply> ask(M message) {
    return begin(std::move(message)).get();
  }
  template <class M> std::future<Result<typename M::Reply>> begin(M message) {
    using R = Result<typename M::Reply>;
    auto promise = std::make_shared<std::promise<R>>();
    peer_->request(std::move(message), std::chrono::seconds(30),
                   [promise](R reply) { promise->set_value(std::move(reply)); });
    return promise->get_future();
  }

  link::StartConnector connector(StringMap config, TargetState target = TargetState::Started) const;
  link::StartTask task(std::int32_t number, StringMap config,
                       TargetState target = TargetState::Started) const;

  // Closes the host's end.
  void hang_up();
  // Waits for the runner's end. In its own process: the exit code; else 0 when all has returned.
  int end_of_runner();

private:
  // What exists before this process has a thread, for a process is forked from it.
  struct Beginning {
    pid_t pid = 0;
    std::unique_ptr<link::Channel> near;
    std::unique_ptr<link::Channel> far; // for a runner of this process
    UniqueFd logs;
  };
  static Beginning begin_in(Where where, const link::HostPage &page);

protected:
  link::HostPage page_ = link::HostPage::create().value();

private:
  Beginning beginning_ = begin_in(GetParam(), page_);

protected:
  link::TestLoop loop_;
  link::Journal told_; // status and other messages, in order
  link::Journal logs_; // messages of the plugin, without their prefix
  link::Journal hello_;
  std::function<void(link::ReadOffsets, link::Responder<link::OffsetsRead>)> on_read_;
  std::optional<link::Peer> peer_;

private:
  void listen(const Error *refusal);
  void note_log(std::string_view message);

  std::unique_ptr<link::InProcess> in_process_;
  std::optional<link::LogReader> log_reader_;
};

// `OK`, or what went wrong, for comparisons.
template <class T> std::string text_of(const Result<T> &result) {
  return result ? "OK" : result.error().message();
}

} // namespace host::runner
