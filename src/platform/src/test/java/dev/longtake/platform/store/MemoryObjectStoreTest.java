package dev.longtake.platform.store;

import dev.longtake.platform.memory.MemoryObjectStore;

class MemoryObjectStoreTest extends ObjectStoreSuite {
    private final MemoryObjectStore store = new MemoryObjectStore();

    @Override
    ObjectStore store() {
        return store;
    }
}
