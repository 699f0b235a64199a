#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "host/base/clock.h"
#include "host/storage/offset_store.h"

namespace host::storage::test {

// Waits for what a store answers on its thread.
template <class T> class Answer {
public:
  void tell(Result<T> result) {
    std::lock_guard lock(mutex_);
    result_.emplace(std::move(result));
    told_.notify_all();
  }
  Result<T> wait(Duration time = Duration(20'000)) {
    std::unique_lock lock(mutex_);
    if (!told_.wait_for(lock, time, [&] { return result_.has_value(); }))
      return fail(Code::Timeout, "no answer");
    return *result_;
  }
  bool told() {
    std::lock_guard lock(mutex_);
    return result_.has_value();
  }

private:
  std::mutex mutex_;
  std::condition_variable told_;
  std::optional<Result<T>> result_;
};

using Values = std::vector<std::optional<std::string>>;

// The answers are shared with the callbacks: one may come after its waiter gave up.
inline Status start(OffsetStore &store, Duration time = Duration(20'000)) {
  const auto ready = std::make_shared<Answer<void>>();
  store.start([ready](Status status) { ready->tell(std::move(status)); });
  return ready->wait(time);
}
inline Status write(OffsetStore &store, std::vector<OffsetRecord> records) {
  const auto done = std::make_shared<Answer<void>>();
  store.write(std::move(records), [done](Status status) { done->tell(std::move(status)); });
  return done->wait();
}
inline Result<Values> read(OffsetStore &store, std::vector<std::string> keys) {
  const auto done = std::make_shared<Answer<Values>>();
  store.read(std::move(keys), [done](Result<Values> values) { done->tell(std::move(values)); });
  return done->wait();
}
inline Result<std::vector<OffsetRecord>> list(OffsetStore &store, const std::string &connector) {
  const auto done = std::make_shared<Answer<std::vector<OffsetRecord>>>();
  store.list(connector,
             [done](Result<std::vector<OffsetRecord>> records) { done->tell(std::move(records)); });
  return done->wait();
}

// `["c",{"p":<n>}]`.
inline std::string key_of(const std::string &connector, int partition) {
  return "[\"" + connector + "\",{\"p\":" + std::to_string(partition) + "}]";
}
inline std::string value_of(long position) {
  return "{\"position\":" + std::to_string(position) + "}";
}

} // namespace host::storage::test
