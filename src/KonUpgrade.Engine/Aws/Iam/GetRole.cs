using System.Net;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace KonUpgrade.Engine.Aws.Iam;

internal sealed class GetRoleRequest : AmazonWebServiceRequest
{
    public required string RoleName { get; init; }
}

internal sealed class GetRoleResponse : AmazonWebServiceResponse
{
    public string RoleName { get; set; } = "";

    public string Arn { get; set; } = "";
}

internal sealed class GetRoleRequestMarshaller : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, "IAM") { HttpMethod = "POST", ResourcePath = "/" };
        request.Parameters.Add("Action", "GetRole");
        request.Parameters.Add("Version", "2010-05-08");
        request.Parameters.Add("RoleName", ((GetRoleRequest)input).RoleName);
        return request;
    }
}

internal sealed class GetRoleResponseUnmarshaller : XmlResponseUnmarshaller
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext input)
    {
        var response = new GetRoleResponse();
        while (input.Read())
        {
            if (!input.IsStartElement)
                continue;
            if (input.TestExpression("Role/RoleName"))
                response.RoleName = input.ReadText();
            else if (input.TestExpression("Role/Arn"))
                response.Arn = input.ReadText();
            else if (input.TestExpression("ResponseMetadata/RequestId"))
                response.ResponseMetadata = new ResponseMetadata { RequestId = input.ReadText() };
        }
        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext input, Exception innerException, HttpStatusCode statusCode)
    {
        string code = "", message = "", requestId = "";
        while (input.Read())
        {
            if (!input.IsStartElement)
                continue;
            if (input.TestExpression("Error/Code"))
                code = input.ReadText();
            else if (input.TestExpression("Error/Message"))
                message = input.ReadText();
            else if (input.TestExpression("RequestId"))
                requestId = input.ReadText();
        }
        return new AmazonServiceException(message, innerException, ErrorType.Unknown, code, requestId, statusCode);
    }
}
