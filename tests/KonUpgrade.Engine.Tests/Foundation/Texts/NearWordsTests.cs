using KonUpgrade.Engine.Foundation.Texts;

namespace KonUpgrade.Engine.Tests.Foundation.Texts;

public sealed class NearWordsTests
{
    private static readonly string[] s_many = ["Alpha", "Beta", "Deployment", "DaemonSet", "Job", "Pod", "Secret", "Service", "ServiceAccount", "Zebra"];

    [Theory]
    [InlineData("Deploymnt", " Did you mean Deployment?")]
    [InlineData("deploymnts", " Did you mean Deployment?")]
    [InlineData("Serv", " Did you mean Service or ServiceAccount?")]
    [InlineData("pdo", " Did you mean Pod?")]
    [InlineData("unheard-of", " There are 10.")]
    public void Near_words_are_told_and_otherwise_how_many_there_are(string word, string hint) =>
        Assert.Equal(hint, NearWords.Hint(word, s_many));

    [Fact]
    public void Few_words_are_told_all_and_none_gives_no_sentence()
    {
        Assert.Equal(" There are default, kube-system.", NearWords.Hint("production", ["kube-system", "default", "default"]));
        Assert.Equal(" There is default.", NearWords.Hint("production", ["default"]));
        Assert.Equal("", NearWords.Hint("production", []));
    }
}
