// Package transfer owns the memory of the results that the host returns.
//
// The host allocates a result by a call of cabi_import_realloc while the call of the component is
// still running. There, the garbage collector of Go traps: it reads the clock and polls timers, and
// a component can't call the host from its allocator (wasmtime#14318). So results live outside of
// the heap, in memory that the collector neither counts nor scans. The collector runs whenever Go
// starts it, with every setting.
package transfer

import (
	"runtime"
	"sync"
	"unsafe"

	witRuntime "go.bytecodealliance.org/pkg/wit/runtime"
)

const (
	// The last chunk is kept for the next call, up to this size. It holds several batches of the
	// default size.
	keptSize = 1 << 20
	// Each further chunk of a call has at least twice the size of the last.
	maxChunks = 20
	pageSize  = 64 << 10
)

type chunk struct{ start, size uint32 }

var (
	calls  sync.Mutex
	active bool

	chunks [maxChunks]chunk
	count  int
	used   uint32 // in the last chunk
)

// Begin begins a call. The memory of its result is valid until [End]. Until then, other goroutines
// wait.
func Begin() {
	calls.Lock()
	active = true
}

// End ends the call. Its result must have been copied.
//
// It yields, so that a collection that has begun can end. WebAssembly has one thread, and Go can't
// preempt a loop there: without a yield, a loop over many rows allocates more and more.
func End() {
	active, used = false, 0
	last := count
	count = 0
	for i, c := range chunks[:last] {
		if i == last-1 && c.size <= keptSize {
			chunks[0], count = c, 1
		} else {
			free(unsafe.Add(unsafe.Pointer(nil), c.start), uintptr(c.size))
		}
	}
	calls.Unlock()
	runtime.Gosched()
}

// The allocator below the heap of Go.
//
//go:linkname alloc runtime.sysAllocOS
func alloc(n uintptr, name string) unsafe.Pointer

//go:linkname free runtime.sysFreeOS
func free(memory unsafe.Pointer, n uintptr)

//go:wasmimport wasi_snapshot_preview1 adapter_monotonic_clock_set_paused
func pauseClock(paused bool)

// Results of calls that no Begin announced: those of bindings of other imports.
var pinner runtime.Pinner

//go:wasmexport cabi_import_realloc
func reallocate(old, oldSize, align, size uint32) uint32 {
	if !active {
		// As the bindings' own allocator. It can trap during a collection.
		pauseClock(true)
		pointer := witRuntime.Allocate(&pinner, uintptr(size), uintptr(align))
		pauseClock(false)
		return uint32(uintptr(pointer))
	}
	place := allocate(align, size)
	if old != 0 {
		copy(bytes(place, size), bytes(old, min(oldSize, size)))
	}
	return place
}

// allocate returns the address of free memory. It must not use the heap, and holds addresses as
// integers, because a pointer would be a write barrier.
func allocate(align, size uint32) uint32 {
	length := uint32(pageSize)
	if count > 0 {
		last := chunks[count-1]
		start := (used + align - 1) &^ (align - 1)
		if start+size >= start && start+size <= last.size {
			used = start + size
			return last.start + start
		}
		length = last.size * 2
	}
	length = (max(length, size) + pageSize - 1) &^ (pageSize - 1)
	start := uint32(uintptr(alloc(uintptr(length), "")))
	if start == 0 || length < size || count == maxChunks {
		panic("out of memory")
	}
	chunks[count] = chunk{start, length}
	count, used = count+1, size
	return start
}

func bytes(address, length uint32) []byte {
	return unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(nil), address)), length)
}
