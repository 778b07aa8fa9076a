import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.elasticsearch.core.CheckedFunction;
import org.elasticsearch.xcontent.NamedXContentRegistry;
import org.elasticsearch.xcontent.ParseField;
import org.elasticsearch.xcontent.XContentParser;
import org.elasticsearch.xcontent.XContentParserConfiguration;
import org.elasticsearch.xcontent.XContentType;
import org.elasticsearch.xpack.core.ilm.AllocateAction;
import org.elasticsearch.xpack.core.ilm.DeleteAction;
import org.elasticsearch.xpack.core.ilm.DownsampleAction;
import org.elasticsearch.xpack.core.ilm.ForceMergeAction;
import org.elasticsearch.xpack.core.ilm.FreezeAction;
import org.elasticsearch.xpack.core.ilm.LifecycleAction;
import org.elasticsearch.xpack.core.ilm.LifecyclePolicy;
import org.elasticsearch.xpack.core.ilm.LifecycleType;
import org.elasticsearch.xpack.core.ilm.MigrateAction;
import org.elasticsearch.xpack.core.ilm.ReadOnlyAction;
import org.elasticsearch.xpack.core.ilm.RolloverAction;
import org.elasticsearch.xpack.core.ilm.SearchableSnapshotAction;
import org.elasticsearch.xpack.core.ilm.SetPriorityAction;
import org.elasticsearch.xpack.core.ilm.ShrinkAction;
import org.elasticsearch.xpack.core.ilm.TimeseriesLifecycleType;
import org.elasticsearch.xpack.core.ilm.UnfollowAction;
import org.elasticsearch.xpack.core.ilm.WaitForSnapshotAction;

/**
 * Reads lifecycle policies as Elasticsearch does, and prints a line for each file: "accepted", or why not.
 *
 * <p>What is misspelt is found by the parser; what stands in the wrong phase, by {@code validate()}.
 */
public final class IlmPolicyCheck {
    private IlmPolicyCheck() {}

    /** Takes the paths of request bodies: an object with one member, {@code policy}. */
    public static void main(String[] paths) throws java.io.IOException {
        XContentParserConfiguration configuration = XContentParserConfiguration.EMPTY.withRegistry(registry());
        for (String path : paths) {
            System.out.println(check(configuration, Files.readAllBytes(Path.of(path))));
        }
    }

    private static String check(XContentParserConfiguration configuration, byte[] body) {
        try (XContentParser parser = XContentType.JSON.xContent().createParser(configuration, body)) {
            // The request's body has the policy inside; its parser leaves off at the policy's end.
            parser.nextToken();
            parser.nextToken();
            if (!"policy".equals(parser.currentName())) {
                return "the body has `" + parser.currentName() + "`, not `policy`";
            }
            parser.nextToken();
            LifecyclePolicy.parse(parser, "policy").validate();
            return "accepted";
        } catch (Exception exception) {
            return reasons(exception).replace('\n', ' ');
        }
    }

    private static String reasons(Throwable thrown) {
        String reason = String.valueOf(thrown.getMessage());
        return thrown.getCause() == null ? reason : reason + "; " + reasons(thrown.getCause());
    }

    private static NamedXContentRegistry registry() {
        return new NamedXContentRegistry(List.of(
            new NamedXContentRegistry.Entry(
                LifecycleType.class,
                new ParseField(TimeseriesLifecycleType.TYPE),
                parser -> TimeseriesLifecycleType.INSTANCE
            ),
            action(AllocateAction.NAME, AllocateAction::parse),
            action(DeleteAction.NAME, DeleteAction::parse),
            action(DownsampleAction.NAME, DownsampleAction::parse),
            action(ForceMergeAction.NAME, ForceMergeAction::parse),
            action(FreezeAction.NAME, FreezeAction::parse),
            action(MigrateAction.NAME, MigrateAction::parse),
            action(ReadOnlyAction.NAME, ReadOnlyAction::parse),
            action(RolloverAction.NAME, RolloverAction::parse),
            action(SearchableSnapshotAction.NAME, SearchableSnapshotAction::parse),
            action(SetPriorityAction.NAME, SetPriorityAction::parse),
            action(ShrinkAction.NAME, ShrinkAction::parse),
            action(UnfollowAction.NAME, UnfollowAction::parse),
            action(WaitForSnapshotAction.NAME, WaitForSnapshotAction::parse)
        ));
    }

    private static NamedXContentRegistry.Entry action(
        String name,
        CheckedFunction<XContentParser, ? extends LifecycleAction, java.io.IOException> parse
    ) {
        return new NamedXContentRegistry.Entry(LifecycleAction.class, new ParseField(name), parse);
    }
}
