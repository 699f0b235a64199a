#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

namespace host::supervisor {

// Callbacks that wait for a runner's answers and must be called exactly once: by the answer, or all
// together when the runner is lost. One thread.
template <class Call> class PendingCalls {
public:
  // The way to settle one call; does nothing once it was settled.
  class Handle {
  public:
    template <class... Args> void operator()(Args &&...args) const {
      if (const Call call = std::exchange(*call_, {}))
        call(std::forward<Args>(args)...);
    }

  private:
    friend class PendingCalls;
    explicit Handle(std::shared_ptr<Call> call) : call_(std::move(call)) {}
    std::shared_ptr<Call> call_;
  };

  Handle add(Call call) {
    std::erase_if(calls_, [](const auto &known) { return !*known; });
    calls_.push_back(std::make_shared<Call>(std::move(call)));
    return Handle(calls_.back());
  }

  template <class Arg> void settle_all(const Arg &arg) {
    for (auto &waiting : std::exchange(calls_, {})) {
      const Handle settle(std::move(waiting));
      settle(arg);
    }
  }

private:
  std::vector<std::shared_ptr<Call>> calls_;
};

} // namespace host::supervisor
