#pragma once

#include <coroutine>
#include <deque>
#include <map>
#include <string>
#include <utility>

#include "host/herder/tick.h"

namespace host::herder {

// Lets one sequence at a time change a connector, first come first served. Herder's thread only.
// Held over steps that have a deadline, never over a plugin's callback.
class Turns {
public:
  explicit Turns(Tick &tick) : tick_(tick) {}

  // The right to change; ends with its scope.
  class [[nodiscard]] Turn {
  public:
    Turn(Turns &turns, std::string name) : turns_(&turns), name_(std::move(name)) {}
    Turn(Turn &&other) noexcept
        : turns_(std::exchange(other.turns_, nullptr)), name_(std::move(other.name_)) {}
    Turn &operator=(Turn &&) = delete;
    ~Turn() { end(); }
    void end() {
      if (turns_ != nullptr)
        std::exchange(turns_, nullptr)->pass_on(name_);
    }

  private:
    Turns *turns_;
    std::string name_;
  };

  // `auto turn = co_await turns.of(name);`
  auto of(std::string name) {
    struct Wait {
      Turns &turns;
      std::string name;
      bool await_ready() const { return turns.queues_.try_emplace(name).second; }
      void await_suspend(std::coroutine_handle<> waiter) { turns.queues_[name].push_back(waiter); }
      Turn await_resume() { return Turn(turns, std::move(name)); }
    };
    return Wait{*this, std::move(name)};
  }

private:
  void pass_on(const std::string &name) {
    const auto found = queues_.find(name);
    if (found->second.empty()) {
      queues_.erase(found);
      return;
    }
    const std::coroutine_handle<> next = found->second.front();
    found->second.pop_front();
    tick_.post([next] { next.resume(); });
  }

  Tick &tick_;
  // A name is here while a turn of it is held.
  std::map<std::string, std::deque<std::coroutine_handle<>>> queues_;
};

} // namespace host::herder
