// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace sluice::inline v0 {

// Objects that are used again instead of made anew. take() is for one thread; a taken object comes
// back on whichever thread drops the last pointer to it, also after the pool itself is gone.
// T is made without arguments; what it holds is the user's to reset.
template <class T> class recycling_pool {
public:
  // Keeps at most `keep` unused objects.
  explicit recycling_pool(std::size_t keep) : shelf_(std::make_shared<shelf>()) {
    shelf_->keep = keep;
    shelf_->free.reserve(keep);
  }

  std::shared_ptr<T> take() {
    std::unique_ptr<T> object = shelf_->pop();
    if (object == nullptr)
      object = std::make_unique<T>();
    return {object.release(), [shelf = shelf_](T *back) { shelf->push(std::unique_ptr<T>(back)); }};
  }

  // Gives the unused objects' memory back.
  void trim() { shelf_->clear(); }

private:
  struct shelf {
    std::unique_ptr<T> pop() {
      const std::scoped_lock lock(mutex);
      if (free.empty())
        return nullptr;
      auto object = std::move(free.back());
      free.pop_back();
      return object;
    }
    void push(std::unique_ptr<T> object) {
      const std::scoped_lock lock(mutex);
      if (free.size() < keep)
        free.push_back(std::move(object));
    }
    void clear() {
      const std::scoped_lock lock(mutex);
      free.clear();
    }

    std::mutex mutex;
    std::size_t keep = 0;
    std::vector<std::unique_ptr<T>> free;
  };

  std::shared_ptr<shelf> shelf_;
};

} // namespace sluice::inline v0
