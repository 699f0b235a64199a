#pragma once

#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <httplib.h>

#include "host/app/cli_options.h"
#include "host/app/cli_run.h"
#include "host/base/clock.h"
#include "tests/unit/http/serving.h"

namespace host::app::cli {

struct Reply {
  int status = 200;
  std::string body;
};

// A worker that answers what a test told it to, and remembers what it was asked.
class FakeWorker {
public:
  FakeWorker()
      : serving_([this](const httplib::Request &in, httplib::Response &out) { answer(in, out); }) {}

  // Replies to `request` ("GET /connectors"), one after the other; the last one stays.
  void on(const std::string &request, std::vector<Reply> replies) {
    const std::lock_guard lock(mutex_);
    replies_[request] = {replies.begin(), replies.end()};
  }
  void on(const std::string &request, std::string body) { on(request, {{200, std::move(body)}}); }
  void on(const std::string &request, int status, std::string body = {}) {
    on(request, {{status, std::move(body)}});
  }

  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::string body_of(const std::string &request) const {
    const std::lock_guard lock(mutex_);
    const auto found = bodies_.find(request);
    return found == bodies_.end() ? "no such request" : found->second;
  }
  std::string authorization() const {
    const std::lock_guard lock(mutex_);
    return authorization_;
  }
  std::string url() const { return serving_.url().text(); }

private:
  void answer(const httplib::Request &in, httplib::Response &out) {
    const std::lock_guard lock(mutex_);
    const std::string request = in.method + " " + in.target;
    requests_.push_back(request);
    authorization_ = in.get_header_value("Authorization");
    bodies_[request] = in.body;
    auto &replies = replies_[request];
    if (replies.empty())
      replies.push_back({404, R"({"error_code":404,"message":"nothing at )" + in.target + R"("})"});
    out.status = replies.front().status;
    out.set_content(replies.front().body, "application/json");
    if (replies.size() > 1)
      replies.pop_front();
  }

  mutable std::mutex mutex_;
  std::map<std::string, std::deque<Reply>> replies_;
  std::map<std::string, std::string> bodies_;
  std::vector<std::string> requests_;
  std::string authorization_; // of the last request
  http::Serving<httplib::Server> serving_;
};

// Runs command lines against a fake worker; waiting takes no time.
class CliTest : public testing::Test {
protected:
  struct Outcome {
    int code = -1;
    std::string out;
    std::string err;
  };

  Outcome sluice(std::vector<std::string> arguments) {
    std::vector<const char *> argv{"sluice"};
    for (const std::string &argument : arguments)
      argv.push_back(argument.c_str());
    const ParsedCommand parsed = parse_command(static_cast<int>(argv.size()), argv.data());
    EXPECT_FALSE(parsed.exit_code) << "the command line was refused";
    if (parsed.exit_code)
      return {*parsed.exit_code, {}, {}};
    std::ostringstream out, err;
    Screen screen(out, err, parsed.command.output, false);
    const std::string url = unreachable_ ? "http://127.0.0.1:1" : worker_.url();
    WorkerApi api(*http::parse_url(url), {}, "Basic YTpi");
    const Pace pace{clock_, [this](Duration pause) {
                      clock_.time += pause;
                      if (on_pause_)
                        on_pause_();
                    }};
    api.be_patient(
        {Duration(2'000), pace.pause, [&](std::string_view text) { screen.note(text); }});
    Session session{api, screen, pace};
    const int code = run(parsed.command, session);
    return {code, out.str(), err.str()};
  }

  struct ManualClock final : Clock {
    TimePoint time{};
    TimePoint now() const override { return time; }
    std::int64_t wall_ms() const override { return 0; }
  };

  FakeWorker worker_;
  ManualClock clock_;
  bool unreachable_ = false;
  std::function<void()> on_pause_;
};

} // namespace host::app::cli
