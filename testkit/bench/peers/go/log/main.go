// The front ends of Go that are measured. `log PEER FOLDER CALLS WARM_UP PACE_NS THREADS [kill]`: makes calls of one front end, each timed by itself, and
// prints what they took as one line of JSON; with `kill`, kills itself with SIGKILL when the last call has returned.

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) < 6 {
		return fmt.Errorf("log PEER FOLDER CALLS WARM_UP PACE_NS THREADS [kill]")
	}
	numbers := make([]int, 4)
	for i := range numbers {
		number, err := strconv.Atoi(arguments[2+i])
		if err != nil {
			return err
		}
		numbers[i] = number
	}
	calls, warmUp, pace, threads := numbers[0], numbers[1], time.Duration(numbers[2]), numbers[3]
	file, err := os.Create(filepath.Join(arguments[1], "events.json"))
	if err != nil {
		return err
	}
	var sink zapcore.WriteSyncer = zapcore.Lock(file)
	if arguments[0] == "zap-buffered" {
		buffered := &zapcore.BufferedWriteSyncer{WS: zapcore.AddSync(file)}
		defer buffered.Stop()
		sink = buffered
	}
	core := zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), sink, zap.InfoLevel)
	logger := zap.New(core)
	call := func(number int) {
		logger.Info("action executed",
			zap.String("ecs.version", "9.4.0"),
			zap.String("event.provider", "actions"),
			zap.String("event.action", "execute"),
			zap.String("event.id", "0190b6a4-5e0c-7cc2-a1b7-9d7b2f4f3c11"),
			zap.String("event.start", "2026-01-02T03:04:05.678Z"),
			zap.String("event.outcome", "success"),
			zap.Uint64("event.duration", 1_234_567),
			zap.Int("event.sequence", number),
			zap.String("kibana.server_uuid", "5b2de169-2785-441b-ae8c-186a1936b17d"),
			zap.String("saved_object", "action:d3b07384"),
		)
	}
	for i := range warmUp {
		call(i)
	}
	times := make([]int64, calls*threads)
	began := time.Now()
	var group sync.WaitGroup
	for thread := range threads {
		group.Add(1)
		go func() {
			defer group.Done()
			runtime.LockOSThread()
			timeCalls(times[thread*calls:(thread+1)*calls], pace, call)
		}()
	}
	group.Wait()
	elapsed := time.Since(began)
	if slices.Contains(arguments[6:], "kill") {
		return syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
	slices.Sort(times)
	at := func(share int) int64 { return times[(len(times)-1)*share/1000] }
	fmt.Printf(`{"calls":%d,"p50":%d,"p99":%d,"p999":%d,"max":%d,"elapsed_ns":%d}`+"\n",
		len(times), at(500), at(990), at(999), at(1000), elapsed.Nanoseconds())
	return nil
}

func timeCalls(times []int64, pace time.Duration, call func(int)) {
	for i := range times {
		began := time.Now()
		call(i)
		times[i] = time.Since(began).Nanoseconds()
		for time.Since(began) < pace {
		}
	}
}
